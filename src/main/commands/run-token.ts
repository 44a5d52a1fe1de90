import { systemClock } from '@shared/clock';
import type { Fault } from '@shared/errors';
import { silentLogger } from '@shared/logger';
import type { JoinToken } from '@shared/model';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { prepareDataDir } from '../data-dir';
import { JoinTokens, type NewToken } from '../hub/admission/join-tokens';
import { readUses } from '../hub/admission/token-uses';

const EXIT_USAGE = 2;

/** Each function returns the exit code. */

export function createToken(dataDir: string, wanted: NewToken, isJson = false): number {
  const prepared = prepareDataDir(dataDir);
  if (!prepared.ok) return report(prepared.error);
  const created = open(prepared.value).create(wanted);
  if (!created.ok) return report(created.error);
  const { token, secret } = created.value;
  if (isJson) print(JSON.stringify({ ...token, secret }));
  else {
    process.stderr.write(`wirewatch: ${describe(token)}. It is shown only this once:\n`);
    print(secret);
  }
  return 0;
}

export function listTokens(dataDir: string, isJson = false): number {
  const tokens = open(dataDir).list();
  if (isJson) print(JSON.stringify(tokens));
  else for (const token of tokens) print(`${token.id}  ${describe(token)}`);
  return 0;
}

export function revokeToken(dataDir: string, id: string): number {
  const revoked = open(dataDir).revoke(id);
  return revoked.ok ? 0 : report(revoked.error);
}

function open(dataDir: string): JoinTokens {
  const say = (message: string): void => void process.stderr.write(`wirewatch: ${message}\n`);
  return new JoinTokens(dataDir, readUses(dataDir), DEFAULT_LIMITS.joinTokens, systemClock, {
    ...silentLogger,
    warn: say,
    error: say,
  });
}

function describe({ name, expiresAt, maxUses, uses }: JoinToken): string {
  const until =
    expiresAt === null
      ? 'valid forever'
      : `${expiresAt <= Date.now() ? 'expired' : 'valid until'} ${new Date(expiresAt).toISOString()}`;
  return `"${name}", ${until}, used ${uses}${maxUses === null ? '' : ` of ${maxUses}`} times`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report({ message }: Fault): number {
  process.stderr.write(`wirewatch: ${message}\n`);
  return EXIT_USAGE;
}
