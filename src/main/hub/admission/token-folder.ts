import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { fail, succeed, type Result } from '@shared/errors';
import { readJsonFile, writeJsonFile } from '../../../files/json-file';
import { makeFolders } from '../../../files/make-folders';

/** A stored join token, without its secret. */
export interface StoredToken {
  id: string;
  name: string;
  /** SHA-256 of the secret. */
  hash: string;
  createdAt: number;
  expiresAt: number | null;
  maxUses: number | null;
}

const TOKEN_FILE = /^[0-9a-f]{8}\.json$/;

const tokenSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  name: v.pipe(v.string(), v.maxLength(64)),
  hash: v.string(),
  createdAt: v.number(),
  expiresAt: v.nullable(v.number()),
  maxUses: v.nullable(v.number()),
});

/**
 * Join tokens on disk. A folder holds one file per token, which is written once by its creator and deleted to revoke
 * it. Their uses are kept elsewhere, where only the hub writes (`token-uses.ts`). So the command line can create and
 * revoke tokens while a hub runs, and neither overwrites the other. Everything is readable only by its owner (0600 in
 * 0700).
 */
export class TokenFolder {
  readonly #path: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'join-tokens');
  }

  /** Changes whenever a token is added or removed; null while there is no folder. */
  get version(): string | null {
    try {
      const { mtimeNs, ino } = statSync(this.#path, { bigint: true });
      return `${ino}:${mtimeNs}`;
    } catch {
      return null;
    }
  }

  /** Reads at most `max` tokens. A token file that cannot be read is reported and left untouched. */
  read(max: number, onUnreadable: (path: string) => void): StoredToken[] {
    let names: string[];
    try {
      names = readdirSync(this.#path).filter((name) => TOKEN_FILE.test(name));
    } catch {
      return [];
    }
    return names.slice(0, max).flatMap((name) => {
      const path = join(this.#path, name);
      const file = readJsonFile(path);
      const parsed = file.ok ? v.safeParse(tokenSchema, file.value) : null;
      if (parsed?.success && name === `${parsed.output.id}.json`) return [parsed.output];
      onUnreadable(path);
      return [];
    });
  }

  /** Fails with `FILE_UNWRITABLE`. */
  write(token: StoredToken): Result<null> {
    try {
      makeFolders(this.#path);
    } catch (error) {
      return fail('FILE_UNWRITABLE', `${this.#path} cannot be created: ${String(error)}`);
    }
    return writeJsonFile(join(this.#path, `${token.id}.json`), token);
  }

  /** Fails with `FILE_UNWRITABLE`. */
  delete(id: string): Result<null> {
    try {
      rmSync(join(this.#path, `${id}.json`), { force: true });
      return succeed(null);
    } catch (error) {
      return fail('FILE_UNWRITABLE', `The token cannot be deleted: ${String(error)}`);
    }
  }
}
