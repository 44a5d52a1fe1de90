import { readFileSync } from 'node:fs';

/**
 * Returns the counts of a runner's JSON report, as `{passed, failed, skipped}`. A missing report, or one without tests,
 * is a failure: a runner that broke down must not look like success.
 */
export function readVitestReport(path) {
  return read(path, (report) => ({
    passed: report.numPassedTests,
    // A file that could not be loaded has no failed tests, so the file is counted as a failure.
    failed: report.numFailedTests + report.testResults.filter(isBrokenFile).length,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

export function readPlaywrightReport(path) {
  return read(path, ({ stats, errors }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + (stats.unexpected === 0 ? errors.length : 0),
    skipped: stats.skipped,
  }));
}

function isBrokenFile(file) {
  return file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed');
}

function read(path, count) {
  try {
    const counted = count(JSON.parse(readFileSync(path, 'utf8')));
    if (counted.passed + counted.failed + counted.skipped > 0) return counted;
  } catch {
    // The failure below reports it.
  }
  return { passed: 0, failed: 1, skipped: 0 };
}
