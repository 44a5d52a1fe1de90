import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import * as v from 'valibot';
import { fail, succeed, type Result } from '@shared/errors';
import { BACKUP_LIMITS } from '@shared/protocol/limits';
import { sha256, type BackupManifest, type BackupSeal } from './format';
import { type SECRET_FILES, SECRETS_PART } from './parts';

/**
 * Secrets are sealed with AES-256-GCM under a key that scrypt (RFC 7914) derives from the passphrase. The rest of the
 * manifest is authenticated with them: who knows no passphrase cannot change a part of a sealed backup unnoticed.
 */
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const COST = { n: 131_072, r: 8, p: 1 } as const;

/** The texts of the secret files, by name. */
export type Secrets = Partial<Record<(typeof SECRET_FILES)[number], string>>;

const text = v.optional(v.pipe(v.string(), v.maxLength(BACKUP_LIMITS.secretBytes)));
const secretsSchema = v.strictObject({
  'tls/key.pem': text,
  'tls/certificate.pem': text,
} satisfies Record<(typeof SECRET_FILES)[number], unknown>);

export function newSeal(): BackupSeal {
  return {
    cipher: 'aes-256-gcm',
    kdf: 'scrypt',
    ...COST,
    salt: randomBytes(16).toString('hex'),
    iv: randomBytes(12).toString('hex'),
  };
}

/** Bytes of the sealed secrets. `manifest` has its seal and all other parts. */
export async function sealSecrets(
  secrets: Secrets,
  seal: BackupSeal,
  manifest: BackupManifest,
  passphrase: string,
): Promise<Buffer> {
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, seal), Buffer.from(seal.iv, 'hex'));
  cipher.setAAD(authenticated(manifest));
  return Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Fails with `WRONG_PASSPHRASE`. The checksum of `sealed` was compared before. */
export async function openSecrets(
  sealed: Buffer,
  seal: BackupSeal,
  manifest: BackupManifest,
  passphrase: string,
): Promise<Result<Secrets>> {
  try {
    const iv = Buffer.from(seal.iv, 'hex');
    const decipher = createDecipheriv('aes-256-gcm', await keyOf(passphrase, seal), iv, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(authenticated(manifest));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const opened = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    return succeed(v.parse(secretsSchema, JSON.parse(opened.toString('utf8'))));
  } catch {
    return fail(
      'WRONG_PASSPHRASE',
      'The passphrase is wrong, or somebody changed the backup after it was made. Nothing was changed.',
    );
  }
}

/** A digest of the manifest without the sealed part, whose length and checksum depend on it. */
function authenticated(manifest: BackupManifest): Buffer {
  const parts = manifest.parts.filter(({ name }) => name !== SECRETS_PART);
  return sha256(Buffer.from(JSON.stringify({ ...manifest, parts })));
}

function keyOf(passphrase: string, { salt, n, r, p }: BackupSeal): Promise<Buffer> {
  // The same letters can be typed in different ways (Unicode normalisation form C).
  const password = passphrase.normalize('NFC');
  const options = { N: n, r, p, maxmem: 2 * 128 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(password, Buffer.from(salt, 'hex'), KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
