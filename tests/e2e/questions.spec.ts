import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { WebSocket } from 'ws';
import { card, expect, test as base, type Harness } from './harness';

/**
 * Questions that people open the app with, each answered from the fleet in at most four steps. A step is what a person
 * does before looking again: one click, or typing into one field.
 */

const MOST_STEPS = 4;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

type Step = (what: string, act: () => Promise<unknown>) => Promise<void>;

const test = base.extend<{ step: Step }>({
  step: async ({ browserName: _ }, use) => {
    const taken: string[] = [];
    await use(async (what, act) => {
      taken.push(what);
      await act();
    });
    expect(taken.length, `too many steps: ${taken.join(', ')}`).toBeLessThanOrEqual(MOST_STEPS);
  },
});
test.use({ serveArgs: ['--admit', 'open'] });

interface ImportedSeries {
  device: string;
  metric: string;
  labels?: Record<string, string>;
  unit?: string;
  kind?: 'gauge' | 'counter';
  from: number;
  stepMs: number;
  value: (time: number, i: number) => number;
}

async function importSeries(page: Page, hub: Harness, all: readonly ImportedSeries[]): Promise<void> {
  const now = Date.now();
  const lines = all.map(({ from, stepMs, value, device, metric, labels = {}, unit = '', kind = 'gauge' }) => {
    const t: number[] = [];
    for (let time = from; time < now - stepMs; time += stepMs) t.push(time);
    return JSON.stringify({ device, metric, labels, unit, kind, precision: 'ms', t, v: t.map(value) });
  });
  const answer = await page.request.post(`http://127.0.0.1:${hub.server.port}/api/v1/import`, {
    headers: { 'content-type': 'application/x-ndjson' },
    data: `${lines.join('\n')}\n`,
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Connects a simple device that sends some values once. */
async function connect(hub: Harness, id: string, values: Record<string, unknown>): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${hub.server.port}`);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ id, ...values }));
  return socket;
}

/** Types into the search that is at the same place on every page, and waits for what it finds. */
async function search(page: Page, typed: string, finds: RegExp): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox', { name: 'Search devices, pages and actions' }).fill(typed);
  await expect(page.getByRole('option', { name: finds }).first()).toBeVisible();
}

const evening = (() => {
  const date = new Date();
  date.setHours(20, 0, 0, 0);
  date.setDate(date.getDate() - 1);
  return date.getTime();
})();

test('who used the bandwidth last night, and how much', async ({ page, hub, step }) => {
  const counter = (device: string, direction: string, perSecond: number): ImportedSeries => ({
    device,
    metric: 'system.network.io',
    labels: { 'network.interface.name': 'eth0', 'network.io.direction': direction },
    unit: 'By',
    kind: 'counter',
    from: evening - 4 * HOUR_MS,
    stepMs: MINUTE_MS,
    value: (_, i) => i * 60 * perSecond,
  });
  await importSeries(page, hub, [
    counter('office', 'receive', 10_000),
    counter('media', 'receive', 1_000),
    counter('media', 'transmit', 5_000_000),
  ]);
  await step('search', () => search(page, 'bandwidth last night', /Network.*last night/));
  await step('choose', () =>
    page
      .getByRole('option', { name: /last night/ })
      .first()
      .click(),
  );
  const table = page.getByRole('table', { name: /Statistics/ });
  const first = table.getByRole('row').nth(1);
  await expect(first).toContainText('media');
  await expect(first).toContainText('transmit');
  // 5 MB/s for up to twelve hours.
  const nightMs = Math.min(Date.now(), evening + 12 * HOUR_MS) - evening;
  const gib = (5_000_000 * nightMs) / 1_000 / 1_024 ** 3;
  const total = first
    .getByRole('cell')
    .filter({ hasText: /GiB$|MiB$/ })
    .first();
  await expect
    .poll(async () => {
      const [number = '', unit] = ((await total.textContent()) ?? '').trim().split(/\s/);
      return Number(number) / (unit === 'MiB' ? 1_024 : 1) / gib;
    })
    .toBeCloseTo(1, 1);
});

test('when was the freezer too warm, and for how long', async ({ page, hub, step }) => {
  await importSeries(page, hub, [
    {
      device: 'freezer',
      metric: 'temperature',
      unit: 'Cel',
      from: Date.now() - 3 * HOUR_MS,
      stepMs: 10_000,
      // Two warm stretches of ten minutes each.
      value: (_, i) => ((i >= 180 && i < 240) || (i >= 600 && i < 660) ? -12 : -18),
    },
  ]);
  await page.evaluate(() => {
    (
      globalThis as unknown as { localStorage: { setItem(key: string, value: string): void } }
    ).localStorage.setItem('wirewatch.device-range', '6h');
  });
  await page.reload();
  await step('open', () => card(page, 'freezer').click());
  const chart = page.locator('[data-chart]').first();
  await chart.hover();
  await step('menu', () => chart.getByRole('button', { name: /^More for/ }).click());
  await step('ask', () => page.getByRole('menuitem', { name: 'Time above or below…' }).click());
  const dialog = page.getByRole('dialog', { name: /Time above or below/ });
  await step('value', () => dialog.getByLabel('Value').last().fill('-15'));
  await expect(dialog.getByRole('status')).toContainText(/Above\s+−15.*: (19|20) min in 2 stretches/);
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
});

test('how two machines do this week against last', async ({ page, hub, step }) => {
  await importSeries(
    page,
    hub,
    ['nas-1', 'nas-2', 'other'].map((device) => ({
      device,
      metric: 'system.cpu.utilization',
      unit: '1',
      from: Date.now() - 15 * 24 * HOUR_MS,
      stepMs: 10 * MINUTE_MS,
      value: () => 0.25,
    })),
  );
  await step('search', () => search(page, 'nas cpu this week', /CPU.*this week/));
  await step('choose', () =>
    page
      .getByRole('option', { name: /CPU.*this week/ })
      .first()
      .click(),
  );
  await step('compare', () =>
    page
      .getByRole('button', { name: /Compare/ })
      .or(page.getByLabel('Compare'))
      .first()
      .click(),
  );
  await step('week', () =>
    page
      .getByRole('option', { name: /week/i })
      .or(page.getByRole('menuitem', { name: /week/i }))
      .first()
      .click(),
  );
  const table = page.getByRole('table', { name: /Statistics/ });
  await expect(table.getByRole('row')).toHaveCount(3);
  await expect(table.getByRole('columnheader', { name: 'Before' })).toBeVisible();
  await expect(table).not.toContainText('other');
});

test('only production on the wall', async ({ page, hub, step }) => {
  const sockets = await Promise.all([
    connect(hub, 'web-1', { tags: ['production'], load: 1 }),
    connect(hub, 'desk', { load: 2 }),
  ]);
  await expect(card(page, 'web-1')).toBeVisible();
  const { devices } = (await (
    await page.request.get(`http://127.0.0.1:${hub.server.port}/api/v1/devices`)
  ).json()) as { devices: { id: string; name: string }[] };
  expect(devices.some(({ name }) => name === 'web-1')).toBe(true);
  // Tags of a simple device are the user's.
  await card(page, 'web-1').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Tags…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill('production');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await step('filter', () => page.getByRole('textbox', { name: /Filter devices/ }).fill('tag:production'));
  await step('wall', () => page.getByRole('button', { name: 'Show on a wall' }).click());
  await expect(page.getByRole('navigation', { name: 'Main' })).toHaveCount(0);
  await expect(card(page, 'web-1')).toBeVisible();
  await expect(card(page, 'desk')).toHaveCount(0);
  expect(page.url()).toContain('wall=1');
  for (const socket of sockets) socket.terminate();
});

test('why a board keeps dropping', async ({ page, hub, step }) => {
  for (let i = 0; i < 4; i++) {
    const socket = await connect(hub, 'esp32', { temp: 20 + i });
    await expect(card(page, 'esp32')).toContainText('Temp');
    socket.terminate();
    await expect(card(page, 'esp32')).toContainText('Offline');
  }
  const last = await connect(hub, 'esp32', { temp: 30 });
  await expect(card(page, 'esp32')).toContainText(/dropped 4× in the last hour/i);
  await expect(page.getByRole('region', { name: 'Needs attention' })).toContainText('esp32');
  await step('open', () => card(page, 'esp32').click());
  const connection = page.getByRole('region', { name: 'Connection', exact: true });
  await expect(connection).toContainText('Dropped 4× in the last hour');
  await expect(connection.getByRole('listitem').first()).toContainText(/4× The connection/);
  last.terminate();
});

test('remove a device and everything of it', async ({ page, hub, step }) => {
  await importSeries(page, hub, [
    { device: 'old', metric: 'temperature', from: Date.now() - HOUR_MS, stepMs: MINUTE_MS, value: () => 20 },
  ]);
  await expect(card(page, 'old')).toBeVisible();
  await step('menu', () => card(page, 'old').click({ button: 'right' }));
  await step('remove', () => page.getByRole('menuitem', { name: 'Remove…' }).click());
  await step('confirm', () =>
    page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove/ })
      .click(),
  );
  await expect(card(page, 'old')).toHaveCount(0);
  const left = await page.request.get(`http://127.0.0.1:${hub.server.port}/api/v1/export?from=0`);
  expect(await left.text()).not.toContain('old,');
});

test('read-only access for a colleague', async ({ page, step }) => {
  await step('search', () => search(page, 'read-only', /Share with a colleague/));
  await step('choose', () => page.keyboard.press('Enter'));
  const dialog = page.getByRole('dialog', { name: 'Share with a colleague' });
  await expect(dialog).toContainText('browsers on your network');
  await step('create', () => dialog.getByRole('button', { name: /viewer’s link/ }).click());
  await expect(dialog.getByRole('img', { name: /QR code/ })).toBeVisible();
  await expect(dialog).toContainText('Works once');
});

test('whose disk is fullest', async ({ page, hub, step }) => {
  const sockets: WebSocket[] = [];
  for (const [id, used] of [
    ['half', 0.5],
    ['full', 0.97],
    ['empty', 0.02],
  ] as const) {
    sockets.push(
      await connect(hub, id, {
        'system.filesystem.utilization': used,
        'system.cpu.utilization': 0.1,
      }),
    );
  }
  await expect(card(page, 'empty')).toBeVisible();
  await step('table', () => page.getByRole('radiogroup', { name: 'Layout' }).getByText('Table').click());
  const column = page.getByRole('columnheader', { name: 'Fullest disk' });
  await step('sort', () => column.getByRole('button').click());
  await expect(page.getByRole('row').nth(1)).toContainText('full');
  await expect(page.getByRole('row').nth(1)).toContainText('97');
  for (const socket of sockets) socket.terminate();
});

test('the last month of one sensor for Excel', async ({ page, hub, step }) => {
  const from = Date.now() - 20 * 24 * HOUR_MS;
  await importSeries(page, hub, [
    { device: 'attic', metric: 'temperature', unit: 'Cel', from, stepMs: HOUR_MS, value: (_, i) => i + 0.5 },
  ]);
  await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
  await step('menu', () => card(page, 'attic').click({ button: 'right' }));
  await step('export', () => page.getByRole('menuitem', { name: 'Export…' }).click());
  const dialog = page.getByRole('dialog', { name: /Export/ });
  await step('month', () => dialog.getByText('30 days').click());
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    step('save', () => dialog.getByRole('button', { name: 'Export', exact: true }).click()),
  ]);
  const text = await readFile(await file.path(), 'utf8');
  const [head, ...rows] = text.trimEnd().split('\r\n');
  expect(head).toMatch(/^\ufeffTime \(.+\),temperature \[°C\]$/);
  expect(rows).toHaveLength(479);
  expect(rows[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?,0\.5$/);
});
