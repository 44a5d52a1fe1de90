import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '../..');

/** Shorter and with more patience than `npm run stress`, which measures: here other tests have the processor too. */
it('honest agents lose nothing while a hub is attacked from all sides', async () => {
  const args = ['scripts/run-bench.mjs', 'stress', '--quick', '--json', '--seconds', '5', '--agents', '40'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PROJECT }).catch(
    (error: { stdout: string }) => error,
  );
  const line = stdout.split('\n').find((text) => text.startsWith('{"seconds"')) ?? '{}';
  const result = JSON.parse(line) as Record<string, number> & { refused: Record<string, number> };
  expect(result).toMatchObject({ 'rows lost': 0, unacknowledged: 0, 'connections broken': 0 });
  expect(result['rows sent']).toBeGreaterThan(300);
  expect(result['latency p99 ms']).toBeLessThan(2_000);
  expect(result['RSS growth MB']).toBeLessThan(200);
  // Whether the flood comes back within the five seconds, and is told to cool off, depends on the processor.
  expect(Object.keys(result.refused)).toEqual(
    expect.arrayContaining([
      'BAD_HTTP',
      'ORIGIN_NOT_ALLOWED',
      'RATE_LIMITED',
      'WS_ERR_TOO_MANY_BUFFERED_PARTS',
    ]),
  );
});
