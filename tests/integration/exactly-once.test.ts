import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { buildPrograms } from '../fakes/build-programs';
import { startCli, type CliProcess } from '../fakes/cli-process';
import { startCutProxy } from '../fakes/cut-proxy';
import { eventually } from '../patience';

/** Of each kind of accident; `AUDIT_ROUNDS=20` is the long run. */
const ROUNDS = Number(process.env['AUDIT_ROUNDS'] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'wirewatch-audit-'));
const leftovers = new Set<ChildProcess>();

afterAll(() => {
  for (const child of leftovers) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

/** The same accidents in the same order every time, at intervals that differ. */
function accidents(): ('hub' | 'agent' | 'cut' | 'pause')[] {
  const kinds = ['hub', 'agent', 'cut', 'hub', 'agent', 'pause'] as const;
  return Array.from({ length: ROUNDS * 3 }, (_, i) => kinds[(i * 5) % kinds.length] ?? 'hub');
}

it(
  'keeps every numbered sample exactly once through kill -9 of hub and agent and broken links',
  { timeout: 60_000 + ROUNDS * 15_000 },
  async () => {
    const port = await freePort();
    const dataDir = join(folder, 'hub');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'settings.json'), '{"intervalMs":100}');
    const programs = await buildPrograms({ agent: resolve('tests/fakes/audit-agent.ts') });
    const proxy = await startCutProxy(() => port);

    const startHub = async (): Promise<CliProcess> => {
      const args = ['--port', String(port), '--host', '127.0.0.1', '--data-dir', dataDir];
      const hub = startCli(['serve', '--json', '--admit', 'open', '--no-local-agent', ...args]);
      leftovers.add(hub.child);
      await hub.event('ready');
      return hub;
    };
    const startAgent = (): ChildProcess => {
      const url = `ws://127.0.0.1:${proxy.port}`;
      const child = spawn(process.execPath, [programs.files.agent, url, join(folder, 'agent')], {
        stdio: 'inherit',
      });
      leftovers.add(child);
      return child;
    };

    let hub = await startHub();
    let agent = startAgent();
    for (const [i, accident] of accidents().entries()) {
      await new Promise((done) => setTimeout(done, 600 + ((i * 617) % 900)));
      if (accident === 'hub') {
        hub.kill('SIGKILL');
        await hub.ended;
        hub = await startHub();
      } else if (accident === 'agent') {
        agent.kill('SIGKILL');
        agent = startAgent();
      } else if (accident === 'cut') proxy.cut();
      else {
        proxy.pause();
        setTimeout(() => proxy.resume(), 500);
      }
    }
    const numbers = (mark: 'i' | 'd'): Set<number> =>
      new Set(
        readFileSync(join(folder, 'agent', 'taken'), 'utf8')
          .trimEnd()
          .split('\n')
          .filter((line) => line.startsWith(mark))
          .map((line) => Number(line.slice(2))),
      );
    await eventually(() => numbers('d').size > ROUNDS * 5);
    agent.kill('SIGKILL');
    const begun = numbers('i');
    const done = numbers('d');
    // The last agent brings what its predecessors left, and numbers on: only numbers up to here are audited.
    agent = startAgent();

    const stored = await eventually(
      async () => {
        const answer = await fetch(
          `http://127.0.0.1:${port}/api/v1/query?device=${await deviceId(port)}&metric=audit.number&from=-1h`,
        );
        const body = (await answer.json()) as { series: { v: (number | null)[] }[] };
        return body.series.flatMap((one) => one.v).filter((value) => value !== null);
      },
      (values) => {
        const seen = new Set(values);
        return [...done].every((number) => seen.has(number));
      },
    );
    const counts = new Map<number, number>();
    for (const value of stored) counts.set(value, (counts.get(value) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
    expect([...done].filter((number) => !counts.has(number))).toEqual([]);
    const last = Math.max(...begun);
    expect([...counts.keys()].filter((number) => number <= last && !begun.has(number))).toEqual([]);
    expect(done.size).toBeGreaterThan(ROUNDS * 5);
    agent.kill('SIGTERM');
    hub.kill('SIGTERM');
    await hub.ended;
    proxy.close();
    programs.remove();
  },
);

async function deviceId(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/devices`);
  const body = (await answer.json()) as { devices: { id: string }[] };
  return body.devices[0]?.id ?? '';
}
