import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { fail, FaultError, succeed, toFault, type Result } from '@shared/errors';
import { BACKUP_LIMITS } from '@shared/protocol/limits';
import { readJsonFile } from '../../../files/json-file';
import { makeFolders } from '../../../files/make-folders';
import { bytesOnDisk } from '../store/database';
import { freeBytes } from '../store/room';
import { FORMAT, formatHead, sha256, type BackupManifest, type BackupPart } from './format';
import { HISTORY_PART, PLAIN_FILES, SECRET_FILES, SECRETS_PART, TOKEN_FILE, TOKEN_FOLDER } from './parts';
import { newSeal, sealSecrets, type Secrets } from './seal';
import { copyDatabase, type Snapshot } from './snapshot';

/** The folder of a backup in progress, within the data folder. */
const WORK_FOLDER = /^\.backup-[0-9a-f]{16}$/;
/** Beside the copy, the hub needs room to go on storing. */
const ROOM_TO_LEAVE_BYTES = 64 * 1024 * 1024;

export interface BackupOptions {
  dataDir: string;
  /** The version of this program. */
  program: string;
  now: number;
  /** Whether samples are included. */
  withHistory: boolean;
  /** Seals the secrets; null leaves them out. */
  passphrase: string | null;
  signal: AbortSignal;
  /** The share that is done, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/** A backup whose contents are complete on this disk and can be written anywhere. */
export interface PreparedBackup {
  manifest: BackupManifest;
  bytes: number;
  /** All bytes of the file, in pieces. */
  read(): AsyncGenerator<Uint8Array, void, undefined>;
  /** Removes the copy. */
  dispose(): void;
}

/**
 * Copies what belongs into a backup, as it is at this moment, while a hub may be running on the folder. Fails with
 * `BAD_PASSPHRASE`, `BACKUP_NO_ROOM`, `BACKUP_FAILED` or `CANCELLED`.
 */
export async function prepareBackup(options: BackupOptions): Promise<Result<PreparedBackup>> {
  const { dataDir, passphrase } = options;
  const why = passphrase === null ? null : badPassphrase(passphrase);
  if (why !== null) return fail('BAD_PASSPHRASE', why);
  const folder = join(dataDir, `.backup-${randomBytes(8).toString('hex')}`);
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const needed = (options.withHistory ? bytesOnDisk(join(dataDir, HISTORY_PART)) : 0) + ROOM_TO_LEAVE_BYTES;
    const free = freeBytes(dataDir);
    if (free !== null && free < needed) {
      const mb = Math.ceil((needed - free) / 1e6);
      return fail('BACKUP_NO_ROOM', `The copy of the history needs ${mb} MB more room in ${dataDir}.`);
    }
    makeFolders(join(folder, 'history'));
    const manifest = await collect(options, folder);
    const head = formatHead(manifest);
    const bytes = manifest.parts.reduce((sum, part) => sum + part.bytes, head.length);
    return succeed({ manifest, bytes, read: () => readParts(head, manifest, folder), dispose });
  } catch (error) {
    dispose();
    const { code, message } = toFault(error);
    if (error instanceof FaultError) return fail(code, message);
    return fail('BACKUP_FAILED', `The backup cannot be made: ${message}.`);
  }
}

/** Removes what a crash left of backups in progress. */
export function sweepBackups(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (WORK_FOLDER.test(name)) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

export function badPassphrase(passphrase: string): string | null {
  const { length } = [...passphrase];
  const { passphraseMin: min, passphraseMax: max } = BACKUP_LIMITS;
  return length >= min && length <= max ? null : `The passphrase must have ${min} to ${max} characters.`;
}

async function collect(options: BackupOptions, folder: string): Promise<BackupManifest> {
  const { dataDir, withHistory, signal, onProgress = () => {} } = options;
  const parts: BackupPart[] = [];
  for (const name of [...PLAIN_FILES, ...tokenFiles(dataDir)]) {
    const bytes = readSmall(dataDir, name);
    if (bytes) parts.push(keep(folder, name, bytes));
  }
  let snapshot: Snapshot | null = null;
  if (existsSync(join(dataDir, HISTORY_PART))) {
    const copy = join(folder, HISTORY_PART);
    snapshot = await copyDatabase(join(dataDir, HISTORY_PART), copy, withHistory, onProgress, signal);
    parts.push(await hashed(copy, HISTORY_PART, signal));
  }
  const manifest: BackupManifest = {
    format: FORMAT,
    program: options.program,
    madeAt: options.now,
    schema: snapshot?.schema ?? null,
    hasHistory: withHistory && snapshot !== null,
    devices: snapshot?.devices ?? 0,
    boards: countBoards(dataDir),
    span: snapshot?.span ?? null,
    seal: options.passphrase === null ? null : newSeal(),
    parts,
  };
  if (options.passphrase === null || manifest.seal === null) return manifest;
  const secrets = secretsOf(dataDir);
  const sealed = await sealSecrets(secrets, manifest.seal, manifest, options.passphrase);
  return { ...manifest, parts: [...parts, keep(folder, SECRETS_PART, sealed)] };
}

function tokenFiles(dataDir: string): string[] {
  const folder = join(dataDir, TOKEN_FOLDER);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => TOKEN_FILE.test(name));
  return names.map((name) => `${TOKEN_FOLDER}/${name}`);
}

/** Null when it does not exist. Of files that grow by lines, whole lines alone. */
function readSmall(dataDir: string, name: string): Buffer | null {
  const path = join(dataDir, name);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return null;
  if (size > BACKUP_LIMITS.fileBytes)
    throw new FaultError('BACKUP_FAILED', `${path} is too large for a backup.`);
  const bytes = readFileSync(path);
  return /\.(?:journal|ndjson)$/.test(name) ? bytes.subarray(0, bytes.lastIndexOf('\n') + 1) : bytes;
}

function keep(folder: string, name: string, bytes: Buffer): BackupPart {
  makeFolders(join(folder, name, '..'));
  writeFileSync(join(folder, name), bytes, { mode: 0o600, flag: 'wx' });
  return { name, bytes: bytes.length, sha256: sha256(bytes).toString('hex') };
}

async function hashed(path: string, name: string, signal: AbortSignal): Promise<BackupPart> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    if (signal.aborted) throw new FaultError('CANCELLED', 'The backup was cancelled.');
  }
  return { name, bytes, sha256: hash.digest('hex') };
}

function secretsOf(dataDir: string): Secrets {
  const secrets: Secrets = {};
  for (const name of SECRET_FILES) {
    const path = join(dataDir, name);
    if (existsSync(path)) secrets[name] = readFileSync(path, 'utf8');
  }
  return secrets;
}

function countBoards(dataDir: string): number {
  const read = readJsonFile(join(dataDir, 'boards.json'));
  const parsed = v.safeParse(v.object({ boards: v.array(v.unknown()) }), read.ok ? read.value : null);
  return parsed.success ? parsed.output.boards.length : 0;
}

async function* readParts(
  head: Buffer,
  { parts }: BackupManifest,
  folder: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield head;
  for (const { name } of parts) {
    yield* createReadStream(join(folder, name), { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  }
}
