import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FUZZ_LIMITS, openSessions, signIn } from '../../bench/fuzz-hub';
import { FUZZ_TARGETS, runTarget } from '../../bench/fuzz-parsers';
import { fuzzWire } from '../../bench/fuzz-wire';
import { startCli } from '../fakes/cli-process';

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
const CONNECTIONS = 600;

describe(`whatever they are given (seed ${SEED})`, () => {
  it.each(FUZZ_TARGETS)('$name: nothing unexpected is thrown', (target) => runTarget(target, SEED, 300));

  it('a running hub goes on answering, complains of nothing, and leaves no connection open', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wirewatch-fuzz-'));
    const limits = Object.entries(FUZZ_LIMITS).flatMap(([name, value]) => ['--limit', `${name}=${value}`]);
    const options = ['--admit', 'open', '--no-local-agent', '--log-level', 'warn', '--data-dir', folder];
    const hub = startCli(['serve', '--json', '--port', '0', '--host', '127.0.0.1', ...options, ...limits]);
    try {
      const port = Number((await hub.event('ready'))['port']);
      const cookie = await signIn(port);
      await fuzzWire({ port, cookie, seed: SEED, cases: CONNECTIONS });
      expect(await openSessions(port, cookie)).toBe(0);
      expect(hub.stderr).toBe('');
      hub.kill('SIGTERM');
      expect(await hub.ended).toMatchObject({ code: 0 });
    } finally {
      hub.kill();
      await hub.ended;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
