import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { fail, succeed, type Result } from '@shared/errors';
import { BACKUP_LIMITS } from '@shared/protocol/limits';
import { isPartName } from './parts';

/**
 * A backup is one file: a line that says what it is, the length of the manifest (4 bytes, big endian), the SHA-256 of
 * the manifest (32 bytes), the manifest (JSON, UTF-8), and then the parts that it lists, one after another with nothing
 * between or after them. `docs/backup.md` describes it.
 */
export const MAGIC = Buffer.from('WIREWATCH BACKUP\n', 'latin1');
export const FORMAT = 1;
/** Bytes before the manifest. */
export const PREFIX_BYTES = MAGIC.length + 4 + 32;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const hex = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)));

const partSchema = v.strictObject({
  name: v.pipe(v.string(), v.maxLength(64)),
  bytes: count,
  sha256: hex(32),
});

/** How the secrets are sealed; the cost is fixed, so that no file can make the reader compute for hours. */
const sealSchema = v.strictObject({
  cipher: v.literal('aes-256-gcm'),
  kdf: v.literal('scrypt'),
  n: v.literal(131_072),
  r: v.literal(8),
  p: v.literal(1),
  salt: hex(16),
  iv: hex(12),
});

const manifestSchema = v.object({
  format: v.literal(FORMAT),
  /** The version of the program that made it. */
  program: v.pipe(v.string(), v.regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}(?:-[0-9A-Za-z.-]{1,40})?$/)),
  /** Ms since the epoch. */
  madeAt: v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(8.64e15)),
  /** The schema of the database; null when there is none. */
  schema: v.nullable(count),
  /** Whether samples are included. */
  hasHistory: v.boolean(),
  devices: count,
  boards: count,
  /** The oldest and the newest sample, ms since the epoch; null when there are none. */
  span: v.nullable(v.object({ from: v.number(), to: v.number() })),
  seal: v.nullable(sealSchema),
  parts: v.pipe(v.array(partSchema), v.maxLength(BACKUP_LIMITS.parts)),
});

export type BackupManifest = v.InferOutput<typeof manifestSchema>;
export type BackupPart = v.InferOutput<typeof partSchema>;
export type BackupSeal = v.InferOutput<typeof sealSchema>;

/** The first bytes of a backup: everything before its parts. */
export function formatHead(manifest: BackupManifest): Buffer {
  const json = Buffer.from(JSON.stringify(manifest));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([MAGIC, length, sha256(json), json]);
}

/**
 * The length of the manifest that follows a prefix of {@link PREFIX_BYTES}. Fails with `NOT_A_BACKUP` or
 * `BACKUP_DAMAGED`.
 */
export function parsePrefix(prefix: Buffer): Result<{ manifestBytes: number; sum: Buffer }> {
  if (!prefix.subarray(0, MAGIC.length).equals(MAGIC)) {
    return fail('NOT_A_BACKUP', 'The file is not a backup of Wirewatch, or its first bytes are damaged.');
  }
  if (prefix.length < PREFIX_BYTES) return damaged('it ends in its list of contents');
  const manifestBytes = prefix.readUInt32BE(MAGIC.length);
  if (manifestBytes > BACKUP_LIMITS.manifestBytes) return damaged('its list of contents is too long');
  return succeed({ manifestBytes, sum: prefix.subarray(MAGIC.length + 4, PREFIX_BYTES) });
}

/**
 * Parses a manifest. `program` is the version of this program. Fails with `BACKUP_DAMAGED`, or with `BACKUP_NEWER` when
 * only a newer version of the program understands it.
 */
export function parseManifest(
  json: Buffer,
  sum: Buffer,
  program: string,
  schema: number,
): Result<BackupManifest> {
  if (!sha256(json).equals(sum)) return damaged('its list of contents does not match its checksum');
  let value: unknown;
  try {
    value = JSON.parse(json.toString('utf8'));
  } catch {
    return damaged('its list of contents is not JSON');
  }
  const made = v.safeParse(v.looseObject({ format: count, program: v.optional(v.string()) }), value);
  if (made.success && made.output.format > FORMAT) return newer(made.output.program ?? null, program);
  const parsed = v.safeParse(manifestSchema, value);
  if (!parsed.success) return damaged('its list of contents is not understood');
  const manifest = parsed.output;
  if (isNewerVersion(manifest.program, program) || (manifest.schema ?? 0) > schema) {
    return newer(manifest.program, program);
  }
  const names = new Set<string>();
  for (const { name, bytes } of manifest.parts) {
    if (!isPartName(name))
      return damaged(`its list of contents has a part that no backup has: ${JSON.stringify(name)}`);
    if (names.has(name)) return damaged(`its list of contents has ${name} twice`);
    if (name !== 'history/history.db' && bytes > BACKUP_LIMITS.fileBytes)
      return damaged(`${name} is too large`);
    names.add(name);
  }
  if (names.has('secrets') !== (manifest.seal !== null))
    return damaged('its list of contents contradicts itself');
  return succeed(manifest);
}

export function damaged(why: string) {
  return fail('BACKUP_DAMAGED', `The backup is damaged: ${why}. Nothing was changed.`);
}

function newer(made: string | null, program: string) {
  const by = made === null ? 'a newer version of Wirewatch' : `Wirewatch ${made.slice(0, 60)}`;
  return fail(
    'BACKUP_NEWER',
    `The backup was made by ${by}, and this is the older version ${program}. Restore it with that version or a newer one. Nothing was changed.`,
  );
}

/** Compares `major.minor.patch`; what follows does not count. */
export function isNewerVersion(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => text.split('-', 1).join('').split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
