import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judgeFolder } from './folder-trust';

const OTHER = 12_345;

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wirewatch-trust-'));
  folder = join(root, 'data');
  mkdirSync(folder, { mode: 0o700 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Whoever runs the tests owns what they make: to look at it as somebody else is to look at a foreign folder. */
describe.skipIf(process.getuid === undefined || process.getuid() === 0)('seen by another user', () => {
  it('a folder is not to be used', () => {
    expect(judgeFolder(folder, OTHER)).toMatchObject({ ok: false, error: { code: 'FOLDER_OF_OTHERS' } });
  });
});

describe.skipIf(process.getuid === undefined)('a folder of this user’s', () => {
  it('is used without a word when nobody else may write to it, with links of one’s own in it', () => {
    mkdirSync(join(folder, 'history'));
    writeFileSync(join(folder, 'settings.json'), '{}');
    symlinkSync('/dev/null', join(folder, 'boards.json'));
    expect(judgeFolder(folder)).toEqual({ ok: true, value: [] });
  });

  it('is closed to others when they could write to it, and that is said', () => {
    chmodSync(folder, 0o777);
    expect(judgeFolder(folder)).toEqual({
      ok: true,
      value: [expect.stringContaining('mode 777); now only you can') as string],
    });
    expect(statSync(folder).mode & 0o777).toBe(0o755);
    expect(judgeFolder(folder)).toEqual({ ok: true, value: [] });
  });

  it('is used with a warning when others could put another in its place', () => {
    chmodSync(root, 0o777);
    expect(judgeFolder(folder)).toEqual({
      ok: true,
      value: [expect.stringContaining('could replace') as string],
    });
    chmodSync(root, 0o1777);
    expect(judgeFolder(folder)).toEqual({ ok: true, value: [] });
  });
});

/** Only root can make files that belong to others. */
describe.skipIf(process.getuid?.() !== 0)('a folder in which another user was', async () => {
  const { lchownSync } = await import('node:fs');

  it.each([0o777, 0o755, 0o700])('is refused when it is that user’s own, whatever its mode: %o', (mode) => {
    lchownSync(folder, OTHER, OTHER);
    chmodSync(folder, mode);
    const judged = judgeFolder(folder);
    expect(judged).toMatchObject({ ok: false, error: { code: 'FOLDER_OF_OTHERS' } });
    expect(!judged.ok && judged.error.message).toContain(folder);
  });

  it.each(['browsers.json', 'settings.json.1.new', 'tls/key.pem', 'history/history.db-wal'])(
    'is refused when that user planted a file or a link there: %s',
    (name) => {
      chmodSync(folder, 0o777);
      mkdirSync(join(folder, 'tls'));
      mkdirSync(join(folder, 'history'));
      const path = join(folder, name);
      for (const plant of [() => writeFileSync(path, '{}'), () => symlinkSync('/etc/hosts', path)]) {
        plant();
        lchownSync(path, OTHER, OTHER);
        const judged = judgeFolder(folder);
        expect(judged).toMatchObject({ ok: false, error: { code: 'FOLDER_OF_OTHERS' } });
        expect(!judged.ok && judged.error.message).toContain(path);
        rmSync(path);
      }
      expect(judgeFolder(folder).ok).toBe(true);
    },
  );

  it('is refused when that user put a link to it', () => {
    const link = join(root, 'link');
    symlinkSync(folder, link);
    expect(judgeFolder(link).ok).toBe(true);
    lchownSync(link, OTHER, OTHER);
    expect(judgeFolder(link).ok).toBe(false);
  });
});
