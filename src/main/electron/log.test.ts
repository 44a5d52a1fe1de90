import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDesktopLog } from './log';

const createDesktopLogger = (path: string) => openDesktopLog(() => path).log;

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wirewatch-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the desktop’s log', () => {
  it('appends JSON lines to its file', () => {
    const path = join(folder, 'logs', 'wirewatch.log');
    createDesktopLogger(path).warn('refused a request', { url: 'https://evil.example/' });
    createDesktopLogger(path).info('started again');
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { message: 'refused a request', url: 'https://evil.example/' },
      { message: 'started again' },
    ]);
  });

  it.each([
    ['debug', ['a detail', 'a fact']],
    ['loud', ['a fact']],
    [undefined, ['a fact']],
  ])('says with WIREWATCH_LOG_LEVEL=%s', (level, said) => {
    vi.stubEnv('WIREWATCH_LOG_LEVEL', level);
    const path = join(folder, 'wirewatch.log');
    const log = createDesktopLogger(path);
    vi.unstubAllEnvs();
    log.debug('a detail');
    log.info('a fact');
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(said);
  });

  it('sets a large file aside', () => {
    const path = join(folder, 'wirewatch.log');
    writeFileSync(path, Buffer.alloc(6 * 1024 * 1024));
    createDesktopLogger(path).info('fresh');
    expect(existsSync(`${path}.1`)).toBe(true);
    expect(readFileSync(path, 'utf8').length).toBeLessThan(500);
  });

  it('goes to standard error where no file can be written, or nobody knows where', () => {
    writeFileSync(join(folder, 'file'), '');
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const unwritable = openDesktopLog(() => join(folder, 'file', 'wirewatch.log'));
    const unknown = openDesktopLog(() => {
      throw new Error("Failed to get 'logs' path");
    });
    unwritable.log.info('still heard');
    expect([unwritable.file, unknown.file]).toEqual([null, null]);
    const written = stderr.mock.calls.join('');
    stderr.mockRestore();
    expect(written).toContain('LOG_UNWRITABLE');
    expect(written).toContain("Failed to get 'logs' path");
    expect(written).toContain('still heard');
  });
});
