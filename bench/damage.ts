import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownHistory } from './damage-history';
import { KnownAgent } from './damage-agent';
import { KnownFolder } from './damage-files';
import { DAMAGE_KINDS } from './damage-kinds';

/**
 * `npm run damage [-- --seed N --trials N --files N --agent N]`: builds a known history, damages a file of it at random, starts the
 * engine on it, and compares with the truth: never a wrong value, never a whole chunk given up, each loss named. Then the
 * same with the other files of a data folder and the built hub, N times (60): settings, boards, join tokens, devices, the
 * audit log, the certificate and its key; with `--file NAME`, only that one; and with an agent's
 * identity and spool, N times (100). The same seed makes the same damages. Exits with 1 when something is wrong.
 */
const FILES = ['database', 'killed database', 'log'] as const;
const seed = Number(option('seed', String(Date.now() % 1_000_000)));
const trials = Number(option('trials', '200'));

const folder = mkdtempSync(join(tmpdir(), 'wirewatch-damage-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
console.log(`${trials} damages with --seed ${seed}`);
const history = await KnownHistory.build(folder, seed);
let failures = 0;
const counts = new Map<string, { trials: number; wrong: number }>();
for (let i = 0; i < trials; i++) {
  const kind = DAMAGE_KINDS[i % DAMAGE_KINDS.length] ?? 'byte';
  const file = FILES[Math.floor(i / DAMAGE_KINDS.length) % FILES.length] ?? 'database';
  note(`${file}, ${kind}`, `trial ${i}`, await history.trial(seed * 10_000 + i, kind, file));
}
const known = await KnownFolder.build(folder);
const fileTrials = Number(option('files', '60'));
const files = known.files.filter((one) => one.includes(option('file', '')));
for (let i = 0; i < fileTrials; i++) {
  const file = files[i % files.length] ?? '';
  const kind = DAMAGE_KINDS[Math.floor(i / files.length) % DAMAGE_KINDS.length] ?? 'byte';
  note(`${file}, ${kind}`, `file ${i}`, await known.trial(seed * 10_000 + i, kind, file));
}
const agent = new KnownAgent(folder);
const agentTrials = Number(option('agent', '100'));
for (let i = 0; i < agentTrials; i++) {
  const file = agent.files[i % agent.files.length] ?? '';
  const kind = DAMAGE_KINDS[Math.floor(i / agent.files.length) % DAMAGE_KINDS.length] ?? 'byte';
  const what = file.endsWith('.seg') ? 'spool of an agent' : 'identity of an agent';
  note(`${what}, ${kind}`, `agent ${i}`, agent.trial(seed * 10_000 + i, kind, file));
}
for (const [name, { trials: done, wrong }] of counts)
  console.log(`${name.padEnd(32)} ${done} trials, ${wrong} wrong`);
console.log(
  failures === 0
    ? 'All held.'
    : `${failures} of ${trials + fileTrials + agentTrials} failed with --seed ${seed}.`,
);
process.exit(failures === 0 ? 0 : 1);

function note(what: string, trial: string, wrong: readonly string[]): void {
  const count = counts.get(what) ?? { trials: 0, wrong: 0 };
  counts.set(what, { trials: count.trials + 1, wrong: count.wrong + (wrong.length > 0 ? 1 : 0) });
  if (wrong.length === 0) return;
  failures++;
  console.log(`${trial}: ${wrong.join('\n  ')}`);
}

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return (at < 0 ? undefined : process.argv[at + 1]) ?? fallback;
}
