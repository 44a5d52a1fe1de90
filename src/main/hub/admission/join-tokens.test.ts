import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '@shared/clock';
import { silentLogger } from '@shared/logger';
import { JoinTokens } from './join-tokens';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wirewatch-tokens-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function tokens(dataDir: string | null, warnings: string[] = []): JoinTokens {
  return new JoinTokens(dataDir, 10, systemClock, {
    ...silentLogger,
    warn: (text) => void warnings.push(text),
  });
}

function make(table: JoinTokens, maxUses: number | null = null) {
  const created = table.create({ name: 'lab', lifetimeMs: null, maxUses });
  return created.ok ? created.value : expect.fail(created.error.message);
}

const codeOf = (result: ReturnType<JoinTokens['check']>) => (result.ok ? 'good' : result.error.code);

describe('join tokens', () => {
  it('are seen by another process at once, made or revoked', () => {
    const dataDir = folder();
    const hub = tokens(dataDir);
    expect(hub.list()).toEqual([]);
    const { token, secret } = make(tokens(dataDir));
    expect(codeOf(hub.check(secret, null))).toBe('good');
    expect(tokens(dataDir).revoke(token.id).ok).toBe(true);
    expect(codeOf(hub.check(secret, null))).toBe('WRONG_TOKEN');
  });

  it('stay good for the device that used them up, and for nobody else', () => {
    const hub = tokens(null);
    const { token, secret } = make(hub, 1);
    hub.use(token.id);
    expect(codeOf(hub.check(secret, null))).toBe('TOKEN_USED_UP');
    expect(codeOf(hub.check(secret, 'another token'))).toBe('TOKEN_USED_UP');
    expect(codeOf(hub.check(secret, token.id))).toBe('good');
  });

  it('keep their use when another process makes one', () => {
    const dataDir = folder();
    const hub = tokens(dataDir);
    const { token } = make(hub);
    hub.use(token.id);
    make(tokens(dataDir));
    hub.use(token.id);
    expect(
      tokens(dataDir)
        .list()
        .find(({ id }) => id === token.id)?.uses,
    ).toBe(2);
  });

  it('tell of a file that cannot be read, and go on with the others', () => {
    const dataDir = folder();
    const { secret } = make(tokens(dataDir));
    writeFileSync(join(dataDir, 'join-tokens', '00c0ffee.json'), '{"id":"00c0ffee"');
    writeFileSync(join(dataDir, 'join-tokens', 'notes.txt'), 'not a token');
    const warnings: string[] = [];
    expect(codeOf(tokens(dataDir, warnings).check(secret, null))).toBe('good');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('00c0ffee.json');
    expect(readdirSync(join(dataDir, 'join-tokens'))).toHaveLength(3);
  });
});
