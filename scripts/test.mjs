import { mkdirSync, rmSync } from 'node:fs';
import { build } from './lib/build.mjs';
import { add, inOrder, runCheck } from './lib/checks.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { takeOver } from './lib/processes.mjs';
import { isTerminal as isTerminalStream } from './lib/progress.mjs';
import { inProject, requireNode } from './lib/project.mjs';
import { readPlaywrightReport, readVitestReport } from './lib/test-reports.mjs';

// `npm test`: runs all checks, the most informative first, and ends with their totals.

const node = requireNode();
const isTerminal = isTerminalStream(process.stdout);
const bin = (...path) => inProject('node_modules', ...path);
const reports = inProject('test-results', 'reports');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const browser = ensureChromium((what) => console.log(`      ${what}`));

const built = () =>
  build().then(({ ok, output }) => {
    console.log(ok ? 'ok    build' : `\n${output}\nFAILED build\n`);
    return ok ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  });

// Two lanes for two cores: each task uses one. The linter takes as long as all of the others.
const lanes = await Promise.all([
  inOrder([
    built,
    () => runCheck('typecheck', [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.node.json']),
    () => runCheck('svelte-check', svelteCheck()),
    () =>
      runCheck('prettier', [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']),
    () => runVitest('shared', ['--maxWorkers=1']),
  ]),
  inOrder([
    () => runCheck('eslint', [bin('eslint', 'bin', 'eslint.js'), '.']),
    () =>
      runCheck('cycles', [
        bin('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
        '--config',
        '.dependency-cruiser.mjs',
        'src',
      ]),
    () => runCheck('knip', [bin('knip', 'bin', 'knip.js'), '--no-progress']),
  ]),
]);
let total = lanes.reduce(add);

// Tests that measure time run alone on the machine.
total = add(total, await runVitest('own process', []));

const chromium = await browser;
if (chromium) {
  const playwrightReport = inProject('test-results', 'reports', 'playwright.json');
  const env = { ...process.env, CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport };
  // The tests of all screens take as long as the others together: `npm run test:screens`.
  const args = ['test', '--project', 'browser', '--project', 'electron', '--reporter=list,json'];
  await takeOver(node, [bin('@playwright', 'test', 'cli.js'), ...args], { env });
  total = add(total, summary('playwright', readPlaywrightReport(playwrightReport)));
} else {
  console.log('FAILED playwright: no Chromium was found and none could be installed; set CHROMIUM_PATH');
  total = add(total, { passed: 0, failed: 1, skipped: 0 });
}

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** Runs one of the projects of `vitest.config.ts`. */
async function runVitest(project, options) {
  const report = inProject('test-results', 'reports', `vitest-${project.replace(' ', '-')}.json`);
  const reporters = [
    `--reporter=${isTerminal ? 'dot' : 'default'}`,
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  // Vitest would use colours even without a terminal.
  const env = isTerminal ? process.env : { ...process.env, NO_COLOR: '1' };
  const args = ['run', '--project', project, ...reporters, ...options];
  await takeOver(node, [bin('vitest', 'vitest.mjs'), ...args], { env });
  return summary(`vitest, ${project}`, readVitestReport(report));
}

function svelteCheck() {
  const flags = ['--tsconfig', './tsconfig.web.json', '--fail-on-warnings'];
  return [bin('svelte-check', 'bin', 'svelte-check'), ...flags];
}

function summary(name, { passed, failed, skipped }) {
  console.log(
    `${failed === 0 ? 'ok   ' : 'FAILED'} ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`,
  );
  return { passed, failed, skipped };
}
