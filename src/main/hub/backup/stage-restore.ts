import { closeSync, fsyncSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fail, FaultError, succeed, toFault, type Result } from '@shared/errors';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { silentLogger } from '@shared/logger';
import { makeFolders } from '../../../files/make-folders';
import { AuditLog } from '../audit/audit-log';
import { APPLICATION_ID } from '../store/migrations';
import { freeBytes } from '../store/room';
import { numberOf } from '../store/database';
import type { AuditEntry } from '@shared/model';
import { openBackup } from './backup-file';
import { damaged, type BackupManifest, type BackupPart } from './format';
import { HISTORY_PART, SECRETS_PART } from './parts';
import { openSecrets, type Secrets } from './seal';
import { markReady, RESTORE_FOLDER, STAGED_FOLDER } from './apply-restore';
import { sqlite } from '../store/sqlite';

export interface RestoreOptions {
  file: string;
  dataDir: string;
  /** The version of this program. */
  program: string;
  now: number;
  passphrase: string | null;
  by: AuditEntry['by'];
}

export interface StagedRestore {
  manifest: BackupManifest;
  /** Whether the hub's key and certificate are among what is restored. */
  hasSecrets: boolean;
}

/**
 * Unpacks a backup beside the data of a folder, verifies all of it, and marks it as ready to take the data's place; see
 * `applyRestore`. On failure nothing is left. Fails with the faults of `openBackup`, and with `BACKUP_DAMAGED`,
 * `NEEDS_PASSPHRASE`, `WRONG_PASSPHRASE`, `RESTORE_NO_ROOM` or `RESTORE_FAILED`.
 */
export async function stageRestore(options: RestoreOptions): Promise<Result<StagedRestore>> {
  const { file, dataDir, program, passphrase } = options;
  const opened = await openBackup(file, program);
  if (!opened.ok) return opened;
  const backup = opened.value;
  const folder = join(dataDir, RESTORE_FOLDER);
  let isReady = false;
  try {
    const { manifest } = backup;
    if (passphrase !== null && manifest.seal === null) {
      return fail(
        'NO_SECRETS',
        'The backup was made without a passphrase and has no secrets. Restore it without one.',
      );
    }
    const free = freeBytes(dataDir);
    if (free !== null && free < backup.bytes) {
      const mb = Math.ceil((backup.bytes - free) / 1e6);
      return fail('RESTORE_NO_ROOM', `The restored data needs ${mb} MB more room in ${dataDir}.`);
    }
    rmSync(folder, { recursive: true, force: true });
    const staged = join(folder, STAGED_FOLDER);
    makeFolders(staged);
    const unpacked = await unpack(backup.read.bind(backup), staged);
    if (!unpacked.ok) return unpacked;
    const secrets = await secretsFrom(unpacked.value, manifest, passphrase);
    if (!secrets.ok) return secrets;
    const wrong =
      manifest.schema === null ? null : databaseFault(join(staged, HISTORY_PART), manifest.schema);
    if (wrong !== null) return damaged(wrong);
    const names = new Set(manifest.parts.map(({ name }) => name));
    names.delete(SECRETS_PART);
    for (const [name, text] of Object.entries(secrets.value)) {
      writeDurably(join(staged, name), text);
      names.add(name);
    }
    recordIn(staged, manifest, options);
    names.add('audit.ndjson');
    markReady(dataDir, [...names], options.now);
    isReady = true;
    return succeed({ manifest, hasSecrets: 'tls/key.pem' in secrets.value });
  } catch (error) {
    const { code, message } = toFault(error);
    if (error instanceof FaultError) return fail(code, message);
    return fail('RESTORE_FAILED', `The backup cannot be unpacked: ${message}. Nothing was changed.`);
  } finally {
    await backup.close();
    if (!isReady) rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes all parts below a folder, the sealed one excepted, which is the result; null when there is none. */
async function unpack(
  read: (take: (part: BackupPart, piece: Buffer) => void) => Promise<Result<null>>,
  staged: string,
): Promise<Result<Buffer | null>> {
  const sealed: Buffer[] = [];
  let current: { name: string; fd: number } | null = null;
  const end = (): void => {
    if (!current) return;
    const { fd } = current;
    current = null;
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  };
  try {
    const done = await read((part, piece) => {
      if (part.name === SECRETS_PART) {
        sealed.push(Buffer.from(piece));
        return;
      }
      if (current?.name !== part.name) {
        end();
        makeFolders(join(staged, part.name, '..'));
        current = { name: part.name, fd: openSync(join(staged, part.name), 'wx', 0o600) };
      }
      writeAll(current.fd, piece);
    });
    if (!done.ok) return done;
  } finally {
    end();
  }
  return succeed(sealed.length === 0 ? null : Buffer.concat(sealed));
}

async function secretsFrom(
  sealed: Buffer | null,
  manifest: BackupManifest,
  passphrase: string | null,
): Promise<Result<Secrets>> {
  if (manifest.seal === null || sealed === null) return succeed({});
  if (passphrase === null) {
    return fail(
      'NEEDS_PASSPHRASE',
      'The backup has secrets, which need its passphrase. Nothing was changed.',
    );
  }
  return openSecrets(sealed, manifest.seal, manifest, passphrase);
}

/** What is wrong with an unpacked database; null: nothing that opening it shows. */
function databaseFault(path: string, schema: number): string | null {
  try {
    const db = new (sqlite().DatabaseSync)(path, { readOnly: true });
    try {
      const isOurs = numberOf(db, 'PRAGMA application_id', 'application_id') === APPLICATION_ID;
      const isThat = numberOf(db, 'PRAGMA user_version', 'user_version') === schema;
      return isOurs && isThat ? null : 'its history is not one of Wirewatch';
    } finally {
      db.close();
    }
  } catch (error) {
    return `its history cannot be opened: ${toFault(error).message}`;
  }
}

function recordIn(staged: string, manifest: BackupManifest, { now, by }: RestoreOptions): void {
  const audit = new AuditLog({ dataDir: staged, limits: DEFAULT_LIMITS, log: silentLogger });
  const made = new Date(manifest.madeAt).toISOString();
  const text = `Restored the backup of ${made}, made by Wirewatch ${manifest.program}.`;
  audit.add({ at: now, action: 'restoreBackup', text, device: null, by });
}

function writeDurably(path: string, text: string): void {
  makeFolders(join(path, '..'));
  writeFileSync(path, text, { mode: 0o600, flag: 'wx', flush: true });
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}
