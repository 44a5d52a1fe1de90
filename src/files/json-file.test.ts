import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJsonFile, writeJsonFile } from './json-file';

const VALUE = { port: 7411, name: 'hub', list: [1, 2, { on: true }], nothing: null };

describe('a small JSON file', () => {
  let path: string;
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'wirewatch-json-')), 'some.json');
  });
  afterEach(() => rmSync(join(path, '..'), { recursive: true, force: true }));

  it('gives back what was written, and what an earlier version wrote without a checksum', () => {
    writeJsonFile(path, VALUE);
    expect(readJsonFile(path)).toEqual({ ok: true, value: VALUE });
    writeFileSync(path, JSON.stringify(VALUE));
    expect(readJsonFile(path)).toEqual({ ok: true, value: VALUE });
    writeJsonFile(path, [1, 2]);
    expect(readJsonFile(path)).toEqual({ ok: true, value: [1, 2] });
  });

  it('never gives another value when a bit of it is flipped', () => {
    writeJsonFile(path, VALUE);
    const bytes = readFileSync(path);
    let noticed = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(path, damaged);
      const read = readJsonFile(path);
      // Where the name of the checksum is damaged, the rest is as it was.
      if (read.ok) expect(read.value).toMatchObject(VALUE);
      else {
        noticed++;
        expect(read.error.code).toBe('FILE_UNREADABLE');
      }
    }
    expect(noticed).toBeGreaterThan(bytes.length * 6);
  });
});
