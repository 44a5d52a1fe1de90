import { benchCharts } from './charts';
import { benchFleet } from './fleet';
import { benchIngest } from './ingest';
import { benchStore } from './store';

/**
 * `npm run bench` runs all benches and prints a table; `npm run --silent bench -- NAME --json` runs one and prints one
 * line of JSON.
 */
const args = process.argv.slice(2);
const dataAt = args.indexOf('--data');
const dataFile = dataAt < 0 ? undefined : args.splice(dataAt, 2)[1];

const BENCHES: Record<string, { run: () => Promise<object>; about: string }> = {
  ingest: { run: benchIngest, about: 'samples/s, the whole hub against bare ws + JSON.parse' },
  fleet: { run: benchFleet, about: '1,000 agents x 1 Hz x 50 metrics for 30 s' },
  charts: {
    run: () => benchCharts(args.includes('--long')),
    about:
      '12 charts in Chromium against uPlot; frames, interactions and memory of the real screens (--long)',
  },
  store: {
    run: () => benchStore(dataFile),
    about:
      'history on disk: size, price at ingest, queries on 133 M samples (--data FILE: another recording)',
  },
};

const isJson = args.includes('--json');
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) {
  console.error(`There is no bench "${unknown}"; there are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}

const results: Record<string, object> = {};
for (const [name, { run, about }] of Object.entries(BENCHES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  if (!isJson) console.log(`\n${name}: ${about}`);
  const result = await run();
  results[name] = result;
  if (!isJson) printTable(result);
}
if (isJson) {
  const [only] = names;
  console.log(JSON.stringify(names.length === 1 && only !== undefined ? results[only] : results));
}

function printTable(result: object): void {
  const entries = Object.entries(result) as [string, unknown][];
  const isNested = entries.every(([, value]) => typeof value === 'object');
  console.table(isNested ? result : [result]);
}
