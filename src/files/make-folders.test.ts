import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolders } from './make-folders';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wirewatch-folders-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('folders', () => {
  it('are made with those above them, for this user alone, and may be there already', () => {
    const path = join(dir, 'a', 'b', 'c');
    makeFolders(path);
    makeFolders(path);
    for (const each of [path, join(dir, 'a')]) {
      expect(statSync(each).isDirectory()).toBe(true);
      if (process.platform !== 'win32') expect(statSync(each).mode & 0o777).toBe(0o700);
    }
  });

  it('are refused where a file is in the way', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => makeFolders(join(dir, 'file', 'b'))).toThrow();
  });

  it.skipIf(!existsSync('/proc/self'))('are refused where none can be made, without waiting for it', () => {
    expect(() => makeFolders('/proc/wirewatch/data')).toThrow();
  });
});
