import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { fail, FaultError, succeed, toFault, type Result } from '@shared/errors';
import { SCHEMA_VERSION } from '../store/migrations';
import {
  damaged,
  parseManifest,
  parsePrefix,
  PREFIX_BYTES,
  type BackupManifest,
  type BackupPart,
} from './format';

const PIECE_BYTES = 256 * 1024;

/** An opened backup whose manifest is understood; its parts are verified as they are read. */
export interface BackupFile {
  readonly manifest: BackupManifest;
  /** Bytes of all parts. */
  readonly bytes: number;
  /**
   * Passes the bytes of all parts on, each part in order. Fails with `BACKUP_DAMAGED`, which names the first part that
   * does not match its checksum, and `BACKUP_UNREADABLE`. Throws what `take` throws.
   */
  read(take: (part: BackupPart, piece: Buffer) => void): Promise<Result<null>>;
  close(): Promise<void>;
}

/**
 * Opens a backup and reads what it contains, not the contents. `program` is the version of this program. Fails with
 * `BACKUP_UNREADABLE`, `NOT_A_BACKUP`, `BACKUP_DAMAGED` or `BACKUP_NEWER`.
 */
export async function openBackup(path: string, program: string): Promise<Result<BackupFile>> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, 'r');
    const stats = await file.stat();
    if (!stats.isFile()) throw new FaultError('BACKUP_UNREADABLE', `${path} is not a file.`);
    const manifest = await readManifest(file, program);
    if (!manifest.ok) {
      await file.close();
      return manifest;
    }
    return succeed(new OpenedBackup(file, path, stats.size, manifest.value.manifest, manifest.value.end));
  } catch (error) {
    await file?.close();
    return unreadable(path, error);
  }
}

async function readManifest(
  file: FileHandle,
  program: string,
): Promise<Result<{ manifest: BackupManifest; end: number }>> {
  const prefix = parsePrefix(await readAt(file, 0, PREFIX_BYTES));
  if (!prefix.ok) return prefix;
  const { manifestBytes, sum } = prefix.value;
  const json = await readAt(file, PREFIX_BYTES, manifestBytes);
  if (json.length < manifestBytes) return damaged('it ends in its list of contents');
  const manifest = parseManifest(json, sum, program, SCHEMA_VERSION);
  if (!manifest.ok) return manifest;
  return succeed({ manifest: manifest.value, end: PREFIX_BYTES + manifestBytes });
}

class OpenedBackup implements BackupFile {
  readonly manifest: BackupManifest;
  readonly bytes: number;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #size: number;
  readonly #start: number;

  constructor(file: FileHandle, path: string, size: number, manifest: BackupManifest, start: number) {
    this.manifest = manifest;
    this.bytes = manifest.parts.reduce((sum, part) => sum + part.bytes, 0);
    this.#file = file;
    this.#path = path;
    this.#size = size;
    this.#start = start;
  }

  async read(take: (part: BackupPart, piece: Buffer) => void): Promise<Result<null>> {
    let at = this.#start;
    for (const part of this.manifest.parts) {
      const end = at + part.bytes;
      if (end > this.#size) return damaged(`it ends in ${nameOf(part)}, ${end - this.#size} bytes too early`);
      const hash = createHash('sha256');
      while (at < end) {
        let piece: Buffer;
        try {
          piece = await readAt(this.#file, at, Math.min(PIECE_BYTES, end - at));
        } catch (error) {
          return unreadable(this.#path, error);
        }
        if (piece.length === 0) return damaged(`it ends in ${nameOf(part)}`);
        at += piece.length;
        hash.update(piece);
        take(part, piece);
      }
      if (hash.digest('hex') !== part.sha256) return damaged(`${nameOf(part)} does not match its checksum`);
    }
    if (at !== this.#size) return damaged(`${this.#size - at} bytes follow its last part`);
    return succeed(null);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function nameOf({ name }: BackupPart): string {
  return name === 'secrets' ? 'the part with the secrets' : name;
}

/** Fewer bytes only at the end of the file. */
async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  let length = 0;
  while (length < bytes) {
    const { bytesRead } = await file.read(buffer, length, bytes - length, at + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function unreadable(path: string, error: unknown): Result<never> {
  const { code, message } = toFault(error);
  if (error instanceof FaultError) return fail(code, message);
  return fail('BACKUP_UNREADABLE', `${path} cannot be read: ${message}.`);
}
