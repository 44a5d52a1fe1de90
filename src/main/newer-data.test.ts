import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import { writeJsonFile } from '../files/json-file';
import { startWirewatch } from './runtime';
import { openDatabase } from './hub/store/database';
import { noteDataVersion, refuseNewerData } from './hub/backup/newer-data';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wirewatch-newer-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const BODY = { version: 2, program: '2.0.0', boards: 'of another kind' };

function write(name: string): void {
  if (name === 'history/history.db') {
    const opened = openDatabase(join(folder, 'history'), 0);
    if (opened.ok) opened.value.db.close();
    const db = new DatabaseSync(join(folder, name));
    db.exec('PRAGMA user_version = 99');
    db.close();
  } else if (name === 'devices.journal') {
    const line = '["group","attic",1,"{}"]';
    writeFileSync(join(folder, name), `${crc32(line).toString(16).padStart(8, '0')} ${line}\n`);
  } else writeJsonFile(join(folder, name), BODY);
}

/** Every file with its bytes. */
function contents(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'base64')]));
}

describe('data of a newer version', () => {
  it.each([
    'data-version.json',
    'settings.json',
    'boards.json',
    'browsers.json',
    'devices.json',
    'join-token-uses.json',
    'devices.journal',
    'history/history.db',
  ])('in %s is said in one sentence before anything starts, and left untouched', async (name) => {
    write(name);
    const before = contents();
    const started = await startWirewatch({ dataDir: folder, port: 0, host: '127.0.0.1', log: silentLogger });
    if (started.ok) await started.value.dispose();
    expect(!started.ok && started.error.code).toBe('DATA_NEWER');
    expect(!started.ok && started.error.message).toContain(`(${name}); it was left untouched`);
    expect(contents()).toEqual(before);
  });

  it('is named by the program that wrote it', () => {
    write('data-version.json');
    const refused = refuseNewerData(folder);
    expect(!refused.ok && refused.error.message).toContain('was written by Wirewatch 2.0.0 (');
  });
});

describe('data of this version', () => {
  it('and damaged files are for those who read them', () => {
    expect(refuseNewerData(folder).ok).toBe(true);
    for (const name of ['settings.json', 'boards.json', 'devices.journal', 'data-version.json']) {
      writeFileSync(join(folder, name), '{"version": 2');
    }
    expect(refuseNewerData(folder).ok).toBe(true);
  });

  it('remembers the newest program that used it', () => {
    noteDataVersion(folder, '1.2.0');
    noteDataVersion(folder, '1.1.0');
    expect(readFileSync(join(folder, 'data-version.json'), 'utf8')).toContain('"1.2.0"');
    noteDataVersion(folder, '1.3.0');
    expect(readFileSync(join(folder, 'data-version.json'), 'utf8')).toContain('"1.3.0"');
    expect(refuseNewerData(folder).ok).toBe(true);
  });
});
