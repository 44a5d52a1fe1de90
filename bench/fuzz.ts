import { readdirSync } from 'node:fs';
import { fuzzWire } from './fuzz-wire';
import { FUZZ_TARGETS, runTarget } from './fuzz-parsers';
import { CLOSED_WITHIN_MS, FUZZ_LIMITS, openSessions, signIn } from './fuzz-hub';
import { startHub } from './programs';

/**
 * `npm run fuzz [-- --cases 1000000 --seed N --only parsers|wire]`: sends slightly wrong input to every parser and to a
 * running hub in its own process. A twentieth of the cases are connections to the hub. The same seed gives the same
 * cases. If anything unexpected is thrown, logged, left open or not answered, it prints the case and exits with 1.
 */
const WIRE_SHARE = 0.05;
const CHUNK = 5_000;
const SPARE_DESCRIPTORS = 16;

const seed = Number(option('seed', String(Date.now() % 1_000_000_000)));
const cases = Number(option('cases', '1000000'));
const only = option('only', '');
const wireCases = only === 'parsers' ? 0 : Math.ceil(only === 'wire' ? cases : cases * WIRE_SHARE);
const parserCases = cases - wireCases;

console.log(`${cases} cases with --seed ${seed}`);
const startedAt = performance.now();
if (parserCases > 0) fuzzParsers();
if (wireCases > 0) await fuzzHub();
console.log(
  `${cases} cases held, in ${Math.round((performance.now() - startedAt) / 1_000)} s; --seed ${seed}`,
);
process.exit(0);

function fuzzParsers(): void {
  const each = Math.ceil(parserCases / FUZZ_TARGETS.length);
  let done = 0;
  for (const target of FUZZ_TARGETS) {
    for (let from = 0; from < each; from += CHUNK) {
      const count = Math.min(CHUNK, each - from);
      runTarget(target, seed + from, count);
      done += count;
    }
    console.log(`${String(done).padStart(8)}  ${target.name}`);
  }
}

async function fuzzHub(): Promise<void> {
  const server = await startHub(FUZZ_LIMITS, false, 'sqlite', ['pipe', 'warn']);
  let log = '';
  server.process.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (log = `${log}${text}`.slice(-20_000)));
  const { pid } = server.process;
  const isEnded = (): boolean => server.process.exitCode !== null || server.process.signalCode !== null;
  try {
    const cookie = await signIn(server.port);
    const before = descriptors(pid);
    await fuzzWire({
      port: server.port,
      cookie,
      seed,
      cases: wireCases,
      onProgress: (done) => {
        if (isEnded()) throw new Error('the hub ended');
        if (done % 5_000 === 0)
          console.log(`${String(parserCases + done).padStart(8)}  connections to a hub`);
      },
    });
    const left = await openSessions(server.port, cookie);
    if (left > 0) throw new Error(`${left} connections were left open`);
    const more = await moreDescriptors(pid, before);
    if (more > SPARE_DESCRIPTORS) throw new Error(`${more} sockets or files were left open`);
    if (log !== '') throw new Error('the hub complained');
  } catch (error) {
    console.error(
      `FAILED with --seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n${log}`,
    );
    process.exitCode = 1;
  } finally {
    await server.stop();
  }
  if (process.exitCode === 1) process.exit(1);
}

/**
 * Returns how many more descriptors are open than before. Waits until the hub has timed out half-sent requests and idle
 * connections.
 */
async function moreDescriptors(pid: number | undefined, before: number): Promise<number> {
  const giveUpAt = performance.now() + CLOSED_WITHIN_MS;
  for (;;) {
    const more = descriptors(pid) - before;
    if (more <= SPARE_DESCRIPTORS || performance.now() > giveUpAt) return more;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function descriptors(pid: number | undefined): number {
  return process.platform === 'linux' ? readdirSync(`/proc/${pid}/fd`).length : 0;
}

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return (at < 0 ? undefined : process.argv[at + 1]) ?? fallback;
}
