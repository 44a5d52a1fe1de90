import { capture } from './processes.mjs';
import { requireNode } from './project.mjs';

/**
 * Runs one command as one check: prints its whole output if it fails, and one line if it passes. Resolves with
 * `{passed, failed, skipped}`.
 */
export async function runCheck(name, args) {
  const startedAt = Date.now();
  const { code, output } = await capture(requireNode(), args);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (code === 0) {
    console.log(`ok    ${name} (${seconds} s)`);
    return { passed: 1, failed: 0, skipped: 0 };
  }
  console.log(`\n${output.trim()}\nFAILED ${name} (${seconds} s)\n`);
  return { passed: 0, failed: 1, skipped: 0 };
}

/** Runs tasks one after the other and adds up their counts. */
export async function inOrder(tasks) {
  let total = { passed: 0, failed: 0, skipped: 0 };
  for (const task of tasks) total = add(total, await task());
  return total;
}

export function add(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}
