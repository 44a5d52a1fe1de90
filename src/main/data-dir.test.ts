import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDataDir, prepareDataDir } from './data-dir';
import { defaultDataDir } from './default-data-dir';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wirewatch-data-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the data folder', () => {
  it('is where each system keeps such things', () => {
    expect(defaultDataDir('linux', {}, '/home/a')).toBe('/home/a/.local/share/wirewatch');
    expect(defaultDataDir('linux', { XDG_DATA_HOME: '/data' }, '/home/a')).toBe('/data/wirewatch');
    expect(defaultDataDir('linux', { XDG_DATA_HOME: 'relative' }, '/home/a')).toBe(
      '/home/a/.local/share/wirewatch',
    );
    expect(defaultDataDir('darwin', {}, '/Users/a')).toBe('/Users/a/Library/Application Support/Wirewatch');
    expect(defaultDataDir('win32', { LOCALAPPDATA: '/local' }, '/a')).toBe('/local/Wirewatch');
  });

  it('is made with all folders above it, for this user alone', () => {
    const path = join(root, 'a', 'b');
    expect(prepareDataDir(path)).toEqual({ ok: true, value: path });
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o700);
    if (process.platform !== 'win32') expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
    expect(existsSync(path)).toBe(true);
  });

  it('is used as it is when it is there', () => {
    expect(prepareDataDir(root)).toEqual({ ok: true, value: root });
  });

  it('is refused in one sentence where it cannot be', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'below')]) {
      const result = prepareDataDir(path);
      expect(result).toMatchObject({ ok: false, error: { code: 'DATA_DIR_UNWRITABLE' } });
      expect(!result.ok && result.error.message).toContain(path);
    }
  });

  // No user, root included, can write to /proc.
  it.skipIf(process.platform !== 'linux')('is read where it is there and cannot be written', () => {
    const found = findDataDir('/proc/self');
    expect(found).toMatchObject({ ok: true, value: { readOnly: { code: 'DATA_DIR_READ_ONLY' } } });
    expect(prepareDataDir('/proc/self')).toMatchObject({ ok: false, error: { code: 'DATA_DIR_UNWRITABLE' } });
  });

  it.skipIf(process.platform !== 'linux')('is refused, and soon, where nothing can be made', () => {
    expect(prepareDataDir('/proc/wirewatch/data').ok).toBe(false);
  });
});
