import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draftName, replaceFile, sweepDrafts } from './replace-file';

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

  it('follows no link that somebody put where a draft could be', () => {
    const path = join(dir, 'settings.json');
    const victim = join(dir, 'victim');
    writeFileSync(victim, 'mine');
    symlinkSync(victim, path);
    symlinkSync(victim, `${path}.${process.pid}.new`);
    replaceFile(path, 'new');
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(new Set(Array.from({ length: 100 }, () => draftName(path))).size).toBe(100);
  });

  it('is swept of drafts that a crash left behind, and of nothing else', () => {
    for (const name of ['a.json.0123456789abcdef.new', 'a.json.77.new', 'a.new', 'a.json']) {
      writeFileSync(join(dir, name), '');
    }
    sweepDrafts(dir, Date.now());
    expect(readdirSync(dir)).toHaveLength(4);
    sweepDrafts(dir, Date.now() + 120_000);
    expect(readdirSync(dir).toSorted()).toEqual(['a.json', 'a.new']);
    sweepDrafts(join(dir, 'nowhere'), Date.now());
  });

  it('leaves no draft behind where it cannot be put in its place', () => {
    const path = join(dir, 'folder');
    mkdirSync(join(path, 'in the way'), { recursive: true });
    expect(() => replaceFile(path, 'new')).toThrow();
    expect(readdirSync(dir)).toEqual(['folder']);
  });
});
