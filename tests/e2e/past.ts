import type { Page } from '@playwright/test';
import { expect, type Harness } from './harness';

const HOUR_MS = 3_600_000;
const STEP_MS = 10_000;

/** Imports a device with three days of one metric, one sample every ten seconds. */
export async function importPast(page: Page, hub: Harness): Promise<void> {
  const now = Date.now();
  const t: number[] = [];
  for (let time = now - 72 * HOUR_MS; time < now - STEP_MS; time += STEP_MS) t.push(time);
  const v = t.map((time) => 20 + 5 * Math.sin(time / (4 * HOUR_MS)));
  const line = JSON.stringify({ device: 'kiln', metric: 'temperature', labels: {}, t, v });
  const answer = await page.request.post(`http://127.0.0.1:${hub.server.port}/api/v1/import`, {
    headers: { 'content-type': 'application/x-ndjson' },
    data: `${line}\n`,
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}
