import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from './replace-file';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wirewatch-files-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a file that is replaced', () => {
  it('has the new text, is for its owner alone, and has nothing beside it', () => {
    const path = join(dir, 'key.pem');
    replaceFile(path, 'old');
    replaceFile(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['key.pem']);
  });

  it('leaves no draft behind where it cannot be put in its place', () => {
    const path = join(dir, 'folder');
    mkdirSync(join(path, 'in the way'), { recursive: true });
    expect(() => replaceFile(path, 'new')).toThrow();
    expect(readdirSync(dir)).toEqual(['folder']);
  });
});
