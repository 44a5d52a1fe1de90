import type { Page } from '@playwright/test';
import { expect, test } from './harness';

const DAY_MS = 86_400_000;
const STEP_MS = 60_000;
const AWAY_DAYS = 3;

/** Imports a device that was there for four days and went away three days ago, with two series in one chart. */
async function importAway(page: Page, origin: string): Promise<void> {
  const end = Date.now() - AWAY_DAYS * DAY_MS;
  const t: number[] = [];
  for (let time = end - 4 * DAY_MS; time < end; time += STEP_MS) t.push(time);
  const lines = ['inlet', 'outlet'].map((sensor, k) =>
    JSON.stringify({
      device: 'attic-nas',
      metric: 'hw.temperature',
      labels: { sensor },
      t,
      // Levels that change daily, so that a value from the wrong time is not right by chance.
      v: t.map((time) => 20 * (k + 1) + Math.ceil((end - time) / DAY_MS)),
    }),
  );
  const answer = await page.request.post(`${origin}/api/v1/import`, {
    headers: { 'content-type': 'application/x-ndjson' },
    data: `${lines.join('\n')}\n`,
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test.describe('a device that went away three days ago, at seven days', () => {
  test('has the same last values in legend, headline, statistics and API, with their age', async ({
    page,
    hub,
  }) => {
    const origin = `http://127.0.0.1:${hub.server.port}`;
    await importAway(page, origin);
    const query = `${origin}/api/v1/query?device=attic-nas&metric=hw.temperature&from=-7d`;
    const { series } = (await (await page.request.get(query)).json()) as {
      series: { labels: { sensor: string }; v: number[] }[];
    };
    const last = new Map(series.map(({ labels, v }) => [labels.sensor, v.at(-1) ?? NaN]));
    expect(last).toEqual(
      new Map([
        ['inlet', 21],
        ['outlet', 41],
      ]),
    );
    const shown = (sensor: string) => new RegExp(`\\b${last.get(sensor)}(\\.0+)?\\s*°C`);
    await page.goto(`${origin}/#/device/attic-nas?range=7d`);
    const chart = page.getByRole('main').locator('[data-chart]').first();
    const legend = chart.getByRole('group', { name: 'Series' });
    await expect(legend.getByRole('button').nth(0)).toContainText(shown('inlet'));
    await expect(legend.getByRole('button').nth(1)).toContainText(shown('outlet'));
    // The headline is the worst of several lines.
    await expect(chart.locator('.big')).toContainText(shown('outlet'));
    await expect(chart.locator('.age')).toHaveText(/^(3 d|2 d 23 h) ago$/);

    await chart.click({ button: 'right', position: { x: 40, y: 100 } });
    await page.getByRole('menuitem', { name: 'Open in Explore' }).click();
    const table = page.getByRole('table', { name: 'Statistics of the values in view' });
    await expect(table.getByRole('row').filter({ hasText: '°C' }).nth(0)).toContainText(shown('inlet'));
    await expect(table.getByRole('row').filter({ hasText: '°C' }).nth(1)).toContainText(shown('outlet'));
  });

  test('has no values and no value axis where nothing is in view', async ({ page, hub }) => {
    const origin = `http://127.0.0.1:${hub.server.port}`;
    await importAway(page, origin);
    await page.goto(`${origin}/#/device/attic-nas?range=24h&to=${Date.now() - DAY_MS}`);
    const chart = page.getByRole('main').locator('[data-chart]').first();
    await expect(chart).toContainText('No data in this period');
    await expect(chart.locator('.big')).toHaveText(/^—\s*$/);
    await expect(chart.locator('.age')).toHaveCount(0);
    for (const value of await chart
      .getByRole('group', { name: 'Series' })
      .locator('.value')
      .allTextContents()) {
      expect(value.trim()).toBe('—');
    }
  });

  test('claims neither an interval nor a protocol', async ({ page, hub }) => {
    const origin = `http://127.0.0.1:${hub.server.port}`;
    await importAway(page, origin);
    await page.goto(`${origin}/#/device/attic-nas`);
    const fact = (name: string) => page.locator('.facts > div').filter({ hasText: name }).locator('dd');
    await expect(fact('Interval')).toHaveText('—');
    await expect(fact('Protocol')).toHaveText('—');
  });

  test('opens at its last data, with a way to now and back', async ({ page, hub }) => {
    const origin = `http://127.0.0.1:${hub.server.port}`;
    await importAway(page, origin);
    await page.goto(`${origin}/#/device/attic-nas?range=15m`);
    const chart = page.getByRole('main').locator('[data-chart]').first();
    await expect(page.getByText('Its last data')).toBeVisible();
    await expect(chart.locator('.big')).toContainText(/41(\.0+)?\s*°C/);
    await page.getByRole('button', { name: 'Show now' }).click();
    await expect(chart).toContainText('No data in this period');
    await page.getByRole('button', { name: 'Show its last data' }).click();
    await expect(chart.locator('.big')).toContainText(/41(\.0+)?\s*°C/);
  });
});
