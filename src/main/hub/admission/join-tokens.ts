import { randomBytes } from 'node:crypto';
import type { Clock } from '@shared/clock';
import { displayText } from '@shared/display-text';
import { fail, succeed, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { JoinToken } from '@shared/model';
import { digest, equalSecrets, randomSecret } from '../secrets';
import { TokenFolder, type StoredToken } from './token-folder';
import type { TokenUses } from './token-uses';

const SECRET_BITS = 192;
/** Length of a token's public id. */
const ID_BYTES = 4;

export interface NewToken {
  name: string;
  /** Null: no limit. */
  lifetimeMs: number | null;
  /** How many new devices it admits; null: any number. */
  maxUses: number | null;
}

/**
 * The tokens that admit devices without asking the user. Only digests are stored. Only new devices count as uses: a
 * device that joined may present its token again.
 */
export class JoinTokens {
  readonly #folder: TokenFolder | null;
  readonly #max: number;
  readonly #clock: Clock;
  readonly #log: Logger;
  #tokens: StoredToken[] = [];
  readonly #uses: TokenUses;
  #version: string | null = null;
  /** The ids of those made in this run. */
  readonly #ofThisRun = new Set<string>();

  /** With `dataDir` null, tokens last only for this run. */
  constructor(dataDir: string | null, uses: TokenUses, max: number, clock: Clock, log: Logger) {
    this.#folder = dataDir === null ? null : new TokenFolder(dataDir);
    this.#max = max;
    this.#clock = clock;
    this.#log = log;
    this.#uses = uses;
    this.#refresh();
  }

  /** All tokens, oldest first. */
  list(): JoinToken[] {
    this.#refresh();
    return this.#tokens.map((token) => this.#info(token)).sort((a, b) => a.createdAt - b.createdAt);
  }

  /**
   * Creates a token; only the answer contains its secret. If there are too many, expired and used-up tokens are
   * dropped. Fails with `TOO_MANY_TOKENS` or `FILE_UNWRITABLE`.
   */
  create({ name, lifetimeMs, maxUses }: NewToken): Result<{ token: JoinToken; secret: string }> {
    this.#refresh();
    if (this.#tokens.length >= this.#max) {
      const over = this.#tokens.filter((token) => this.#problem(token) !== null);
      for (const { id } of over) this.revoke(id);
      if (over.length === 0) {
        return fail(
          'TOO_MANY_TOKENS',
          `There are already ${this.#max} join tokens. Revoke some you do not need.`,
        );
      }
    }
    const secret = `wwt_${randomSecret(SECRET_BITS)}`;
    const createdAt = this.#clock.now();
    const token: StoredToken = {
      id: randomBytes(ID_BYTES).toString('hex'),
      name: displayText(name, 64) || 'unnamed',
      hash: digest(secret),
      createdAt,
      expiresAt: lifetimeMs === null ? null : createdAt + lifetimeMs,
      maxUses,
    };
    const written = this.#folder?.write(token);
    if (written?.ok === false) return written;
    this.#tokens.push(token);
    this.#ofThisRun.add(token.id);
    return succeed({ token: this.#info(token), secret });
  }

  /** Revokes a token. Devices that joined with it stay. Fails with `NO_SUCH_TOKEN` or `FILE_UNWRITABLE`. */
  revoke(id: string): Result<null> {
    this.#refresh();
    if (!this.#tokens.some((token) => token.id === id)) {
      return fail('NO_SUCH_TOKEN', 'Join token not found.');
    }
    const deleted = this.#folder?.delete(id);
    if (deleted?.ok === false) return deleted;
    this.#tokens = this.#tokens.filter((token) => token.id !== id);
    this.#ofThisRun.delete(id);
    this.#uses.put(id, null);
    return succeed(null);
  }

  /**
   * Finds the valid token with this secret. `joinedWith` is the id of the token that the device joined with before,
   * null for a new device. Fails with `WRONG_TOKEN`, `TOKEN_EXPIRED` or `TOKEN_USED_UP`.
   */
  check(secret: string, joinedWith: string | null): Result<JoinToken> {
    this.#refresh();
    const hash = digest(secret);
    const token = this.#tokens.find((one) => equalSecrets(one.hash, hash));
    if (!token) return fail('WRONG_TOKEN', 'This join token is wrong or was revoked.');
    const problem = this.#problem(token);
    if (problem === 'TOKEN_EXPIRED') return fail(problem, 'This join token has expired. Create a new one.');
    if (problem === 'TOKEN_USED_UP' && joinedWith !== token.id) {
      return fail(problem, 'This join token is used up. Create a new one.');
    }
    return succeed(this.#info(token));
  }

  /** Counts a new device against the token; stored together with the device. */
  use(id: string): void {
    const before = this.#uses.get(id)?.uses ?? 0;
    this.#uses.put(id, { uses: before + 1, lastUsedAt: this.#clock.now() });
  }

  /**
   * The clock was set by this much, forward or back when negative. A token that was made by the wrong clock lasts as long as
   * it was made for: one of this run, or one that the command line made in what is now the future.
   */
  clockSet(stepMs: number): void {
    this.#refresh();
    const now = this.#clock.now();
    this.#tokens = this.#tokens.map((token) => {
      const isFromAhead = stepMs < 0 && token.createdAt > now;
      if (!this.#ofThisRun.has(token.id) && !isFromAhead) return token;
      const { createdAt, expiresAt } = token;
      const moved = {
        ...token,
        createdAt: createdAt + stepMs,
        expiresAt: expiresAt === null ? null : expiresAt + stepMs,
      };
      const written = this.#folder?.write(moved);
      if (written?.ok === false) this.#log.error(written.error.message, { code: written.error.code });
      return moved;
    });
  }

  #problem({ id, expiresAt, maxUses }: StoredToken): 'TOKEN_EXPIRED' | 'TOKEN_USED_UP' | null {
    if (expiresAt !== null && this.#clock.now() >= expiresAt) return 'TOKEN_EXPIRED';
    return maxUses !== null && (this.#uses.get(id)?.uses ?? 0) >= maxUses ? 'TOKEN_USED_UP' : null;
  }

  #info({ id, name, createdAt, expiresAt, maxUses }: StoredToken): JoinToken {
    const { uses, lastUsedAt } = this.#uses.get(id) ?? { uses: 0, lastUsedAt: null };
    return { id, name, createdAt, expiresAt, maxUses, uses, lastUsedAt };
  }

  /** Picks up tokens that the command line created or revoked in the meantime. */
  #refresh(): void {
    if (!this.#folder) return;
    const version = this.#folder.version;
    if (version === this.#version) return;
    this.#version = version;
    this.#tokens = this.#folder.read(this.#max, (path) => {
      this.#log.warn(
        `The join token in ${path} is damaged or cannot be read, so it admits nobody. Revoke it by deleting the file, and create another one, as the user that the hub runs as.`,
      );
    });
  }
}
