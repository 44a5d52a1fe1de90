import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '@shared/clock';
import { silentLogger } from '@shared/logger';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { JoinTokens } from './join-tokens';
import { passingUses } from './token-uses';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wirewatch-tokens-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function tokens(dataDir: string | null, warnings: string[] = []): JoinTokens {
  return new JoinTokens(dataDir, passingUses(), 10, systemClock, {
    ...silentLogger,
    warn: (text) => void warnings.push(text),
    error: (text) => void warnings.push(text),
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

  it('say so at the start when one of them is damaged', () => {
    const dataDir = folder();
    const hub = tokens(dataDir);
    const damaged = make(hub, 5);
    const free = make(hub);
    const path = join(dataDir, 'join-tokens', `${damaged.token.id}.json`);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"maxUses": 5', '"maxUses": 7'));
    const said: string[] = [];
    const again = tokens(dataDir, said);
    expect(said.join()).toContain(path);
    expect(codeOf(again.check(damaged.secret, null))).toBe('WRONG_TOKEN');
    expect(codeOf(again.check(free.secret, null))).toBe('good');
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

  it.each([-3, 2, 87_600])(
    'last as long as they were made for when the clock was %d h off and is set',
    (hours) => {
      const dataDir = folder();
      const wrongByMs = hours * 3_600_000;
      const old = new JoinTokens(dataDir, passingUses(), 10, systemClock, silentLogger);
      const kept = make(old);
      // Begun after that token was made, which is then not from what is now the future.
      const manual = new ManualClock(Date.now() + wrongByMs);
      const hub = new JoinTokens(dataDir, passingUses(), 10, manual, silentLogger);
      const made = hub.create({ name: 'an hour', lifetimeMs: 3_600_000, maxUses: null });
      if (!made.ok) throw new Error(made.error.message);
      const { secret } = made.value;
      manual.skip(-wrongByMs, 0);
      hub.clockSet(-wrongByMs);
      expect(codeOf(hub.check(secret, null))).toBe('good');
      manual.advance(3_599_000);
      expect(codeOf(hub.check(secret, null))).toBe('good');
      manual.advance(1_000);
      expect(codeOf(hub.check(secret, null))).toBe('TOKEN_EXPIRED');
      expect(hub.list().find(({ id }) => id === kept.token.id)).toEqual(kept.token);
      // It is so on disk as well.
      expect(
        codeOf(new JoinTokens(dataDir, passingUses(), 10, manual, silentLogger).check(secret, null)),
      ).toBe('TOKEN_EXPIRED');
    },
  );
});
