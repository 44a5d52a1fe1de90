import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder, openDatabase } from '../store/database';
import { applyRestore } from './apply-restore';
import { openBackup } from './backup-file';
import { formatHead, isNewerVersion, PREFIX_BYTES, sha256, type BackupManifest } from './format';
import { prepareBackup } from './make-backup';
import { stageRestore } from './stage-restore';

const PROGRAM = '1.4.0';
const PASSPHRASE = 'correct horse';
const BY = { kind: 'app', role: 'admin', address: null, userAgent: null } as const;
const KEY = '-----BEGIN PRIVATE KEY-----\nnot for others\n-----END PRIVATE KEY-----\n';

let root: string;
let from: string;
let to: string;
let file: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wirewatch-backup-'));
  [from, to, file] = [join(root, 'from'), join(root, 'to'), join(root, 'hub.backup')];
  mkdirSync(join(from, 'tls'), { recursive: true });
  mkdirSync(join(from, 'join-tokens'));
  mkdirSync(to);
  writeFileSync(join(from, 'settings.json'), '{"port": 7500}');
  writeFileSync(join(from, 'boards.json'), '{"version": 1, "boards": []}');
  writeFileSync(join(from, 'devices.journal'), 'whole line\nhalf a li');
  writeFileSync(join(from, 'join-tokens', '0123abcd.json'), '{"id": "0123abcd"}');
  writeFileSync(join(from, 'tls', 'key.pem'), KEY);
  const opened = openDatabase(join(from, 'history'), 0);
  if (!opened.ok) throw new Error(opened.error.message);
  opened.value.db.exec("INSERT INTO events VALUES (7, 1000, 'note', 'info', NULL, 'a note', 0)");
  opened.value.db.close();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function save(passphrase: string | null = null, withHistory = true): Promise<BackupManifest> {
  const signal = new AbortController().signal;
  const made = await prepareBackup({
    dataDir: from,
    program: PROGRAM,
    now: 1e12,
    withHistory,
    passphrase,
    signal,
  });
  if (!made.ok) throw new Error(made.error.message);
  const pieces: Uint8Array[] = [];
  for await (const piece of made.value.read()) pieces.push(piece);
  writeFileSync(file, Buffer.concat(pieces));
  expect(Buffer.concat(pieces).length).toBe(made.value.bytes);
  made.value.dispose();
  return made.value.manifest;
}

async function restore(passphrase: string | null = null, program = PROGRAM): Promise<string | null> {
  const staged = await stageRestore({ file, dataDir: to, program, now: 2e12, passphrase, by: BY });
  if (!staged.ok) return staged.error.code;
  const applied = applyRestore(to);
  return applied.ok ? null : applied.error.code;
}

const text = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

/** The same backup with another manifest, whose checksum is right. */
function rewrite(change: (manifest: Record<string, unknown>) => void): void {
  const bytes = readFileSync(file);
  const end = PREFIX_BYTES + bytes.readUInt32BE(17);
  const manifest = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, end)) as Record<string, unknown>;
  change(manifest);
  writeFileSync(file, Buffer.concat([formatHead(manifest as BackupManifest), bytes.subarray(end)]));
}

describe('a backup', () => {
  it('brings back every file, whole lines of those that grow, and leaves nothing else behind', async () => {
    await save();
    expect(await restore()).toBeNull();
    for (const name of ['settings.json', 'boards.json', 'join-tokens/0123abcd.json']) {
      expect(text(to, name)).toBe(text(from, name));
    }
    expect(text(to, 'devices.journal')).toBe('whole line\n');
    expect(text(to, 'audit.ndjson')).toContain('Restored the backup of 2001-09-09');
    const opened = openDatabase(join(to, 'history'), 0);
    expect(opened.ok && opened.value.db.prepare('SELECT id, text FROM events').all()).toEqual([
      { id: 7, text: 'a note' },
    ]);
    if (opened.ok) opened.value.db.close();
    expect(readdirSync(from).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(existsSync(join(to, 'restore'))).toBe(false);
  });

  it('without history has the notes all the same', async () => {
    const manifest = await save(null, false);
    expect(manifest).toMatchObject({ hasHistory: false, span: null });
    expect(await restore()).toBeNull();
    const opened = openDatabase(join(to, 'history'), 0);
    expect(opened.ok && opened.value.replaced).toBeNull();
    expect(opened.ok && opened.value.db.prepare('SELECT text FROM events').all()).toEqual([
      { text: 'a note' },
    ]);
    if (opened.ok) opened.value.db.close();
  });

  it('has the hub’s key only with a passphrase, sealed', async () => {
    await save();
    expect(readFileSync(file).includes('not for others')).toBe(false);
    expect(await restore()).toBeNull();
    expect(existsSync(join(to, 'tls'))).toBe(false);

    await save(PASSPHRASE);
    expect(readFileSync(file).includes('not for others')).toBe(false);
    expect(await restore('wrong horse')).toBe('WRONG_PASSPHRASE');
    expect(await restore()).toBe('NEEDS_PASSPHRASE');
    expect(existsSync(join(to, 'restore'))).toBe(false);
    expect(await restore(PASSPHRASE)).toBeNull();
    expect(text(to, 'tls/key.pem')).toBe(KEY);
  });

  it('that somebody changed and summed anew is not taken with its passphrase', async () => {
    await save(PASSPHRASE);
    rewrite((manifest) => (manifest['madeAt'] = 5));
    expect(await restore(PASSPHRASE)).toBe('WRONG_PASSPHRASE');
  });

  it('keeps the former data aside, and the hub’s key in place when it has none', async () => {
    await save();
    mkdirSync(join(to, 'tls'));
    mkdirSync(join(to, 'history'));
    writeFileSync(join(to, 'tls', 'key.pem'), 'own key');
    writeFileSync(join(to, 'settings.json'), 'former');
    writeFileSync(join(to, 'browsers.json'), 'former');
    writeFileSync(join(to, 'history', 'history.db-wal'), 'former');
    expect(await restore()).toBeNull();
    const aside = readdirSync(to).find((name) => name.startsWith('before-restore-2033-05-18')) ?? '';
    for (const name of ['settings.json', 'browsers.json', 'history/history.db-wal']) {
      expect(text(to, join(aside, name))).toBe('former');
    }
    expect(existsSync(join(to, 'browsers.json'))).toBe(false);
    expect(existsSync(join(to, 'history', 'history.db-wal'))).toBe(false);
    expect(text(to, 'tls/key.pem')).toBe('own key');
  });

  it('takes its place wholly however often a crash interrupts that', async () => {
    await save();
    writeFileSync(join(to, 'settings.json'), 'former');
    const staged = await stageRestore({
      file,
      dataDir: to,
      program: PROGRAM,
      now: 0,
      passphrase: null,
      by: BY,
    });
    expect(staged.ok).toBe(true);
    // As after a crash between the two moves of one file, and after both moves of another.
    const aside = 'before-restore-1970-01-01T00-00-00-000Z';
    mkdirSync(join(to, aside));
    writeFileSync(join(to, aside, 'settings.json'), 'former');
    rmSync(join(to, 'settings.json'));
    writeFileSync(join(to, 'boards.json'), text(to, 'restore/data/boards.json'));
    rmSync(join(to, 'restore', 'data', 'boards.json'));
    expect(applyRestore(to)).toEqual({ ok: true, value: aside });
    expect(text(to, 'settings.json')).toBe(text(from, 'settings.json'));
    expect(text(to, 'boards.json')).toBe(text(from, 'boards.json'));
    expect(readdirSync(join(to, aside))).toEqual(['settings.json']);
  });

  it('that was staged only in part counts as never begun', () => {
    mkdirSync(join(to, 'restore', 'data'), { recursive: true });
    writeFileSync(join(to, 'restore', 'data', 'settings.json'), '{}');
    writeFileSync(join(to, 'settings.json'), 'former');
    expect(applyRestore(to)).toEqual({ ok: true, value: null });
    expect(readdirSync(to)).toEqual(['history', 'settings.json']);
  });

  it('that is being staged by somebody else is left alone', () => {
    mkdirSync(join(to, 'restore', 'data'), { recursive: true });
    writeFileSync(join(to, 'restore', 'data', 'settings.json'), '{}');
    const lock = lockFolder(join(to, 'history'));
    if (!lock.ok) throw new Error(lock.error.message);
    expect(applyRestore(to)).toMatchObject({ ok: false, error: { code: 'STORE_IN_USE' } });
    expect(text(to, 'restore/data/settings.json')).toBe('{}');
    lock.value.close();
  });

  it('never writes over the former data, whatever came into its place since', async () => {
    await save();
    writeFileSync(join(to, 'settings.json'), 'former');
    const options = { file, dataDir: to, program: PROGRAM, now: 0, passphrase: null, by: BY };
    expect((await stageRestore(options)).ok).toBe(true);
    const aside = 'before-restore-1970-01-01T00-00-00-000Z';
    mkdirSync(join(to, aside));
    writeFileSync(join(to, aside, 'settings.json'), 'former');
    writeFileSync(join(to, 'settings.json'), 'of a hub that was started half way');
    expect(applyRestore(to)).toEqual({ ok: true, value: aside });
    expect(text(to, `${aside}/settings.json`)).toBe('former');
    expect(text(to, `${aside}/settings.json-2`)).toBe('of a hub that was started half way');
    expect(text(to, 'settings.json')).toBe(text(from, 'settings.json'));
  });

  it.each([
    '../evil',
    '/etc/passwd',
    'tls/key.pem',
    'join-tokens/../../x.json',
    'join-tokens\\x',
    '',
    'history',
  ])('with a part of the name %j is refused, and nothing is written', async (name) => {
    await save();
    rewrite((manifest) => {
      (manifest['parts'] as { name: string }[])[0] = {
        ...(manifest['parts'] as { name: string }[])[0],
        name,
      };
    });
    expect(await restore()).toBe('BACKUP_DAMAGED');
    expect(readdirSync(to)).toEqual([]);
    expect(readdirSync(root).sort()).toEqual(['from', 'hub.backup', 'to']);
  });

  it('of a newer version is refused, whichever way it is newer', async () => {
    await save();
    expect(await restore(null, '1.3.9')).toBe('BACKUP_NEWER');
    rewrite((manifest) => (manifest['schema'] = 99));
    expect(await restore()).toBe('BACKUP_NEWER');
    rewrite((manifest) => (manifest['format'] = 2));
    const opened = await openBackup(file, PROGRAM);
    expect(!opened.ok && opened.error.message).toMatch(
      /^The backup was made by Wirewatch 1\.4\.0, and this is/,
    );
    expect(readdirSync(to)).toEqual([]);
  });

  it('names the part that is damaged, wherever that is, and changes nothing', async () => {
    const manifest = await save(PASSPHRASE);
    const whole = readFileSync(file);
    let at = PREFIX_BYTES + whole.readUInt32BE(17);
    for (const part of manifest.parts) {
      for (const offset of [0, part.bytes - 1]) {
        const damaged = Buffer.from(whole);
        damaged[at + offset] = (damaged[at + offset] ?? 0) ^ 1;
        writeFileSync(file, damaged);
        const staged = await stageRestore({
          file,
          dataDir: to,
          program: PROGRAM,
          now: 0,
          passphrase: PASSPHRASE,
          by: BY,
        });
        expect(!staged.ok && staged.error.code).toBe('BACKUP_DAMAGED');
        const name = part.name === 'secrets' ? 'the part with the secrets' : part.name;
        expect(!staged.ok && staged.error.message).toContain(`${name} does not match its checksum`);
      }
      at += part.bytes;
    }
    expect(readdirSync(to)).toEqual([]);
  });

  it('is refused when any bit is flipped, when it is cut anywhere, and when something follows it', async () => {
    await save();
    const whole = readFileSync(file);
    const refused = async (bytes: Buffer): Promise<void> => {
      writeFileSync(file, bytes);
      expect(['BACKUP_DAMAGED', 'NOT_A_BACKUP']).toContain(await restore());
      expect(readdirSync(to)).toEqual([]);
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        const bytes = Buffer.from(whole);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        await refused(bytes);
      }),
      { numRuns: 100 },
    );
    const head = PREFIX_BYTES + whole.readUInt32BE(17);
    for (let bit = 0; bit < head * 8; bit += 5) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(file, bytes);
      expect((await openBackup(file, PROGRAM)).ok).toBe(false);
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), (length) => refused(whole.subarray(0, length))),
      { numRuns: 50 },
    );
    await refused(Buffer.concat([whole, Buffer.alloc(1)]));
    writeFileSync(file, whole);
    truncateSync(file, 0);
    expect(await restore()).toBe('NOT_A_BACKUP');
  });

  it('whose list of contents is made up never does more than be refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const json = Buffer.from(JSON.stringify(value));
        const length = Buffer.alloc(4);
        length.writeUInt32BE(json.length);
        writeFileSync(file, Buffer.concat([Buffer.from('WIREWATCH BACKUP\n'), length, sha256(json), json]));
        expect((await openBackup(file, PROGRAM)).ok).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('that is cancelled leaves nothing behind', async () => {
    const made = await prepareBackup({
      dataDir: from,
      program: PROGRAM,
      now: 0,
      withHistory: true,
      passphrase: null,
      signal: AbortSignal.abort(),
    });
    expect(!made.ok && made.error.code).toBe('CANCELLED');
    expect(readdirSync(from).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

it('versions are compared by number', () => {
  expect(isNewerVersion('1.10.0', '1.9.9')).toBe(true);
  expect(isNewerVersion('1.4.0', '1.4.0')).toBe(false);
  expect(isNewerVersion('1.4.0-beta', '1.4.0')).toBe(false);
  expect(isNewerVersion('0.9.0', '1.0.0')).toBe(false);
});
