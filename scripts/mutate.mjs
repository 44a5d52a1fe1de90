import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { inAreas, readMutants } from './lib/mutants.mjs';
import { capture } from './lib/processes.mjs';
import { inProject, requireNode } from './lib/project.mjs';
import { readVitestReport } from './lib/test-reports.mjs';

// `npm run mutate [-- --area NAME --only TEXT --jobs N --list]`: puts the wrong lines of `tests/mutants/*.json` into a
// copy of the project, one at a time, and runs the tests that should notice. Ends with the score of each area.

const LEAST_OVERALL = 0.85;
const LEAST_IN_AREA = 0.75;
/** A wrong line may make a test wait indefinitely; after this time, ms, it counts as noticed. */
const LIMIT_MS = 240_000;

const { values: options } = parseArgs({
  options: {
    area: { type: 'string', multiple: true, default: [] },
    only: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
  },
});

const all = readMutants(inProject('tests', 'mutants'));
const chosen = all.filter(
  ({ area, name }) =>
    (options.area.length === 0 || options.area.includes(area)) &&
    (options.only === undefined || name.toLowerCase().includes(options.only.toLowerCase())),
);

if (options.list) for (const { area, name, file } of chosen) console.log(`${area}: ${name} (${file})`);
else process.exitCode = await run();

async function run() {
  const node = requireNode();
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-mutants-'));
  const end = () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const copies = await makeCopies(folder, Math.max(1, Number(options.jobs) || 1));
    const [first] = copies;
    const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
    if (first === undefined || files.length === 0) throw new Error('There is no such mutant.');
    console.log(`${chosen.length} mutants; first the ${files.length} test files as they are`);
    const before = await test(node, first, files);
    if (before.outcome !== 'missed') console.log(`Some fail without any mutant:\n${before.output}\n`);
    const waiting = [...chosen];
    const results = [];
    const work = async (copy) => {
      for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
        const isFit = mutant.tests.every((file) => !before.failed.includes(file));
        const tried = isFit ? await attempt(node, copy, mutant) : { outcome: 'unfit', seconds: 0 };
        const result = { ...mutant, ...tried };
        results.push(result);
        console.log(
          `${result.outcome.padEnd(7)} ${mutant.area}: ${mutant.name} (${result.seconds.toFixed(1)} s)`,
        );
      }
    };
    await Promise.all(copies.map(work));
    return report(results);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes private copies of the files that git tracks and of new ones, with the installed packages linked into each. */
async function makeCopies(folder, count) {
  const listed = await capture('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  if (listed.code !== 0) throw new Error(`git could not list the files:\n${listed.output}`);
  return Array.from({ length: count }, (_, i) => {
    const copy = join(folder, String(i));
    for (const file of listed.output.split('\0').filter(Boolean)) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(inProject(file), join(copy, file), { force: true, verbatimSymlinks: true });
    }
    // Links the packages, not their folder, so that caches of the copy stay in the copy.
    mkdirSync(join(copy, 'node_modules'));
    for (const name of readdirSync(inProject('node_modules'))) {
      const isCache = /^\.(vite|vitest|cache)/.test(name);
      if (!isCache)
        symlinkSync(inProject('node_modules', name), join(copy, 'node_modules', name), 'junction');
    }
    return copy;
  });
}

/**
 * Tries one mutant. Resolves with `noticed`, `missed`, `gone` (its text is not in the source) or `broken` (the source
 * does not load).
 */
async function attempt(node, copy, { file, find, replace, tests }) {
  const path = join(copy, file);
  const source = readFileSync(inProject(file), 'utf8');
  const parts = source.split(find);
  if (parts.length !== 2) return { outcome: 'gone', seconds: 0 };
  const startedAt = performance.now();
  writeFileSync(path, parts.join(replace));
  try {
    const { outcome } = await test(node, copy, tests, ['--bail=1']);
    return { outcome, seconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    writeFileSync(path, source);
  }
}

async function test(node, copy, tests, flags = []) {
  const reportFile = join(copy, 'mutant-report.json');
  rmSync(reportFile, { force: true });
  const args = [
    'run',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    '--maxWorkers=1',
    ...flags,
    ...tests,
  ];
  const { output, timedOut } = await capture(
    node,
    [join(copy, 'node_modules', 'vitest', 'vitest.mjs'), ...args],
    {
      cwd: copy,
      env: { ...process.env, NO_COLOR: '1' },
      limitMs: flags.length > 0 ? LIMIT_MS : 0,
    },
  );
  if (timedOut) return { outcome: 'noticed', output, failed: [] };
  const { passed, failed } = readVitestReport(reportFile);
  if (failed === 0) return { outcome: 'missed', output, failed: [] };
  const { failures, words, files } = failuresIn(reportFile, copy);
  const outcome = failures > 0 || passed > 0 ? 'noticed' : 'broken';
  return { outcome, output: words || output, failed: files };
}

function failuresIn(reportFile, copy) {
  try {
    const { testResults } = JSON.parse(readFileSync(reportFile, 'utf8'));
    const failed = testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'failed'),
    );
    const broken = testResults.filter(({ message }) => message);
    const words = [
      ...failed.map((f) => `${f.fullName}\n${f.failureMessages[0]}`),
      ...broken.map((b) => b.message),
    ];
    const files = testResults
      .filter(({ status }) => status === 'failed')
      .map(({ name }) => relative(copy, name));
    return {
      failures: failed.length,
      words: words.join('\n'),
      files: files.map((file) => file.replaceAll('\\', '/')),
    };
  } catch {
    return { failures: 0, words: '', files: [] };
  }
}

function report(results) {
  const missed = results.filter(({ outcome }) => outcome !== 'noticed');
  if (missed.length > 0) console.log('\nNot noticed:');
  for (const { outcome, area, name, file } of missed) console.log(`  ${outcome}: ${area}: ${name} (${file})`);
  console.log();
  const share = (some) => some.filter(({ outcome }) => outcome === 'noticed').length / some.length;
  const line = (name, some) => {
    const noticed = some.filter(({ outcome }) => outcome === 'noticed').length;
    console.log(`${name.padEnd(12)} ${noticed} of ${some.length}, ${Math.floor(share(some) * 100)} %`);
  };
  const areas = inAreas(results);
  for (const [area, some] of areas) line(area, some);
  line('overall', results);
  const isEnough = share(results) >= LEAST_OVERALL && areas.every(([, some]) => share(some) >= LEAST_IN_AREA);
  if (!isEnough)
    console.log(`Too few: ${LEAST_OVERALL * 100} % overall and ${LEAST_IN_AREA * 100} % in each area.`);
  return isEnough ? 0 : 1;
}
