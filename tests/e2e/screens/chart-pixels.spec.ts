import { resolve } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { build } from 'vite';
import type { Drawing, DrawnSeries, Picture } from '../../fakes/chart-drawing';

/** Checks known data against the drawn pixels: the chart engine alone on an empty page, without a hub. */

const ROOT = resolve(import.meta.dirname, '../../..');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
let code = '';

test.beforeAll(async () => {
  const made = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    resolve: { alias: { '@shared': resolve(ROOT, 'src/shared') } },
    build: {
      write: false,
      minify: false,
      lib: {
        entry: resolve(ROOT, 'tests/fakes/chart-page/chart-page.ts'),
        formats: ['iife'],
        name: 'chartPageModule',
      },
    },
  });
  const [output] = Array.isArray(made) ? made : [made];
  if (!output || !('output' in output)) throw new Error('the page was not built');
  code = output.output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('\n');
});

test.beforeEach(async ({ page }) => {
  await page.setContent('<!doctype html><body style="margin:0"></body>');
  await page.addScriptTag({ content: code });
});

const draw = (page: Page, drawing: Drawing): Promise<Picture> =>
  page.evaluate(`chartPage.draw(${JSON.stringify(drawing)})`);

/** Creates one sample a second from 0, one for each of `values`. */
const everySecond = (values: readonly number[]): DrawnSeries => ({
  samples: values.map((value, i) => [i * SECOND, value]),
});

const constant = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

/** Returns the row of a value and the column of a time, in device pixels at a density of 1. */
const rowOf = ({ view }: Picture, value: number): number =>
  view.top + view.height - ((value - view.low) / (view.high - view.low)) * view.height;
const columnOf = ({ view }: Picture, time: number): number =>
  Math.round(view.left + ((time - view.from) / (view.to - view.from)) * view.width);

/** Expects the line of a series to pass through a value at a given time. */
function expectAt(picture: Picture, series: number, time: number, value: number): void {
  const rows = picture.lines[series]?.[columnOf(picture, time)];
  expect(rows, `a line at ${time}`).not.toBeNull();
  const [top, bottom] = rows ?? [NaN, NaN];
  expect(top).toBeLessThanOrEqual(rowOf(picture, value) + 1.5);
  expect(bottom).toBeGreaterThanOrEqual(rowOf(picture, value) - 1.5);
}

test.describe('a chart draws', () => {
  test('a gap as a gap', async ({ page }) => {
    const samples = [...Array(60).keys()]
      .filter((s) => s < 20 || s > 40)
      .map((s): [number, number] => [s * SECOND, 5]);
    const picture = await draw(page, { series: [{ samples }], from: 0, to: MINUTE });
    expectAt(picture, 0, 10 * SECOND, 5);
    expectAt(picture, 0, 50 * SECOND, 5);
    for (let s = 21; s < 40; s++) expect(picture.lines[0]?.[columnOf(picture, s * SECOND)]).toBeNull();
    expect(picture.areas[0]?.[columnOf(picture, 30 * SECOND)]).toBeNull();
  });

  test('a single spike among twenty thousand samples to its top', async ({ page }) => {
    const values = constant(1, 20_000);
    values[13_337] = 100;
    const picture = await draw(page, { series: [everySecond(values)], from: 0, to: 20_000 * SECOND });
    const at = columnOf(picture, 13_337 * SECOND);
    const tops = [at - 1, at, at + 1].map((x) => picture.lines[0]?.[x]?.[0] ?? Infinity);
    expect(Math.min(...tops)).toBeLessThanOrEqual(rowOf(picture, 100) + 1.5);
    expect(picture.lines[0]?.[at - 5]?.[0]).toBeGreaterThan(rowOf(picture, 5));
  });

  test('no dive and no hole where a counter began anew and one rate is missing', async ({ page }) => {
    const values = constant(40, 60);
    values[30] = Number.NaN;
    const samples = values
      .map((value, s): [number, number] => [s * SECOND, value])
      .filter(([, v]) => !Number.isNaN(v));
    const picture = await draw(page, { series: [{ samples }], from: 0, to: 59 * SECOND, min: 0 });
    for (let s = 1; s < 59; s++) expectAt(picture, 0, s * SECOND, 40);
    for (const rows of picture.lines[0] ?? []) if (rows) expect(rows[1] - rows[0]).toBeLessThan(4);
  });

  test('nothing where a value is no number', async ({ page }) => {
    const raw = [...Array(61).keys()].map((s): [number, number | null] => [
      s * SECOND,
      s > 20 && s < 40 ? null : 3,
    ]);
    const picture = await draw(page, { series: [{ raw }], from: 0, to: MINUTE });
    expectAt(picture, 0, 10 * SECOND, 3);
    expectAt(picture, 0, 50 * SECOND, 3);
    expect(picture.lines[0]?.[columnOf(picture, 30 * SECOND)]).toBeNull();
    expect(picture.areas[0]?.[columnOf(picture, 30 * SECOND)]).toBeNull();
  });

  test('a sample that is alone as a dot', async ({ page }) => {
    const picture = await draw(page, { series: [{ samples: [[30 * SECOND, 7]] }], from: 0, to: MINUTE });
    expectAt(picture, 0, 30 * SECOND, 7);
    const lit = (picture.lines[0] ?? []).filter((rows) => rows !== null);
    expect(lit.length).toBeLessThanOrEqual(4);
  });

  test('values that are all equal as a level line within the plot', async ({ page }) => {
    for (const value of [0.3, 42, -5, 1e6]) {
      const picture = await draw(page, { series: [everySecond(constant(value, 61))], from: 0, to: MINUTE });
      for (let s = 1; s < 60; s++) expectAt(picture, 0, s * SECOND, value);
      const { top, height } = picture.view;
      const row = rowOf(picture, value);
      expect(row).toBeGreaterThan(top);
      expect(row).toBeLessThan(top + height - 2);
    }
  });

  test('zero on the line that it stands on', async ({ page }) => {
    const picture = await draw(page, { series: [everySecond(constant(0, 61))], from: 0, to: MINUTE });
    expectAt(picture, 0, 30 * SECOND, 0);
    expect(picture.view.low).toBe(0);
  });

  for (const [name, scale] of Object.entries({
    negative: -50,
    tiny: 1e-9,
    huge: 1e15,
    'tiny and negative': -1e-9,
  })) {
    test(`${name} values where they belong`, async ({ page }) => {
      const values = [...Array(61).keys()].map((s) => scale * (0.5 + s / 60));
      const picture = await draw(page, { series: [everySecond(values)], from: 0, to: MINUTE });
      for (let s = 2; s < 59; s += 4) expectAt(picture, 0, s * SECOND, values[s] ?? NaN);
      const { low, high } = picture.view;
      expect(low).toBeLessThanOrEqual(Math.min(...values));
      expect(high).toBeGreaterThanOrEqual(Math.max(...values));
      // The data fills most of the plot.
      expect((Math.max(...values) - Math.min(...values)) / (high - low)).toBeGreaterThan(0.3);
    });
  }

  test('a stack as sums, filled between its edges', async ({ page }) => {
    const series = [everySecond(constant(20, 61)), everySecond(constant(30, 61))];
    const picture = await draw(page, { series, from: 0, to: MINUTE, style: 'stack', min: 0 });
    expectAt(picture, 0, 30 * SECOND, 20);
    expectAt(picture, 1, 30 * SECOND, 50);
    const [top, bottom] = picture.areas[1]?.[columnOf(picture, 30 * SECOND)] ?? [NaN, NaN];
    expect(top).toBeGreaterThan(rowOf(picture, 50) - 3);
    expect(bottom).toBeLessThan(rowOf(picture, 20) + 3);
  });

  test('a band from lowest to highest around the mean, in lines and in stacks', async ({ page }) => {
    const columns = [...Array(61).keys()].map((s): [number, number, number, number] => [
      s * SECOND,
      50,
      20,
      90,
    ]);
    const rolled = { rolled: { bucketMs: SECOND, columns } };
    const others = [95, 96].map((value) => everySecond(constant(value, 61)));
    const line = await draw(page, { series: [rolled, ...others], from: 0, to: MINUTE });
    expectAt(line, 0, 30 * SECOND, 50);
    const [top, bottom] = line.areas[0]?.[columnOf(line, 30 * SECOND)] ?? [NaN, NaN];
    expect(Math.abs(top - rowOf(line, 90))).toBeLessThan(2);
    expect(Math.abs(bottom - rowOf(line, 20))).toBeLessThan(2);

    const stack = await draw(page, { series: [rolled, rolled], from: 0, to: MINUTE, style: 'stack', min: 0 });
    expectAt(stack, 1, 30 * SECOND, 100);
    const [upper] = stack.areas[1]?.[columnOf(stack, 30 * SECOND)] ?? [NaN];
    expect(Math.abs(upper - rowOf(stack, 140))).toBeLessThan(2);
  });

  test('steps as steps', async ({ page }) => {
    const samples: [number, number][] = [
      [0, 0],
      [20 * SECOND, 10],
      [40 * SECOND, 0],
      [MINUTE, 0],
    ];
    const picture = await draw(page, { series: [{ samples }], from: 0, to: MINUTE, stepped: true });
    expectAt(picture, 0, 15 * SECOND, 0);
    expectAt(picture, 0, 25 * SECOND, 10);
    expectAt(picture, 0, 35 * SECOND, 10);
    expectAt(picture, 0, 55 * SECOND, 0);
    // The line goes straight up, so one column contains all of it.
    const [top, bottom] = picture.lines[0]?.[columnOf(picture, 20 * SECOND)] ?? [NaN, NaN];
    expect(bottom - top).toBeGreaterThan(picture.view.height * 0.6);
  });

  test('an earlier period with dashes', async ({ page }) => {
    const series = [{ ...everySecond(constant(5, 61)), dashed: true }];
    const picture = await draw(page, { series, from: 0, to: MINUTE });
    const lit = (picture.lines[0] ?? []).filter((rows) => rows !== null).length / picture.width;
    expect(lit).toBeGreaterThan(0.4);
    expect(lit).toBeLessThan(0.8);
  });

  test('signs along a line whose colour is taken, and none in its gaps', async ({ page }) => {
    const samples = [...Array(61).keys()]
      .filter((s) => s < 25 || s > 50)
      .map((s): [number, number] => [s * SECOND, 5]);
    const tallest = async (look: number) => {
      const picture = await draw(page, { series: [{ samples, look }], from: 0, to: MINUTE });
      expect(picture.lines[0]?.[columnOf(picture, 40 * SECOND)]).toBeNull();
      return (picture.lines[0] ?? []).map((rows) => (rows ? rows[1] - rows[0] + 1 : 0));
    };
    expect(Math.max(...(await tallest(1)))).toBeLessThanOrEqual(3);
    // These looks have a dot, a square and a triangle.
    for (const look of [9, 17, 25]) {
      const heights = await tallest(look);
      const signs = heights.filter((height, x) => height >= 5 && (heights[x - 1] ?? 0) < 5).length;
      expect(signs).toBeGreaterThanOrEqual(2);
      expect(signs).toBeLessThanOrEqual(4);
    }
  });

  test('a line at each value that matters', async ({ page }) => {
    const series = [everySecond(constant(50, 61))];
    const thresholds = [{ value: 75, level: 'error', label: '' } as const];
    const picture = await draw(page, { series, from: 0, to: MINUTE, min: 0, max: 100, thresholds });
    expect(picture.thresholdRows).toEqual([Math.round(rowOf(picture, 75))]);
  });
});

test.describe('a chart that scrolls', () => {
  const wave = (count: number, stepMs: number, phase: number): DrawnSeries => ({
    samples: Array.from({ length: count }, (_, i) => [
      i * stepMs,
      50 + 30 * Math.sin(i / 9 + phase) + 15 * (Math.abs(Math.sin(i * 12.9898 + phase) * 43_758.5453) % 1),
    ]),
  });
  const drawings: Record<string, { drawing: Drawing; stepMs: number }> = {
    'few samples': {
      drawing: {
        series: [wave(400, SECOND, 0), wave(400, SECOND, 2), wave(400, SECOND, 4)],
        from: 0,
        to: 100 * SECOND,
      },
      stepMs: 700,
    },
    'many samples a pixel': {
      drawing: { series: [wave(60_000, 100, 0), wave(60_000, 100, 1)], from: 0, to: 3_000 * SECOND },
      stepMs: 9_000,
    },
    'an area': { drawing: { series: [wave(400, SECOND, 0)], from: 0, to: 100 * SECOND }, stepMs: 500 },
    'a stack': {
      drawing: {
        series: [wave(400, SECOND, 0), wave(400, SECOND, 2)],
        from: 0,
        to: 100 * SECOND,
        style: 'stack',
      },
      stepMs: 500,
    },
    steps: {
      drawing: { series: [wave(400, SECOND, 0)], from: 0, to: 100 * SECOND, stepped: true },
      stepMs: 500,
    },
    'signs on lines of one colour': {
      drawing: {
        series: [0, 2, 4, 6].map((phase, i) => ({ ...wave(4_000, 100, phase), look: 9 + 8 * i })),
        from: 0,
        to: 100 * SECOND,
      },
      stepMs: 700,
    },
    'gaps, marks and limits': {
      drawing: {
        series: [{ samples: (wave(400, SECOND, 0).samples ?? []).filter((_, i) => i % 40 < 30) }],
        from: 0,
        to: 100 * SECOND,
        marks: [30, 95, 104, 131].map((s) => ({ at: s * SECOND, level: 'error', text: '', note: false })),
        thresholds: [{ value: 40, level: 'error', label: '' }],
      },
      stepMs: 500,
    },
  };

  for (const density of [1, 1.25, 2]) {
    test.describe(`at ${density} device pixels a pixel`, () => {
      test.use({ deviceScaleFactor: density });

      for (const [name, { drawing, stepMs }] of Object.entries(drawings)) {
        test(`is, pixel by pixel, what it would be if drawn at once: ${name}`, async ({ page }) => {
          const call = `chartPage.compareScrolled(${JSON.stringify(drawing)}, ${stepMs}, 90)`;
          const { worst, offShare } = await page.evaluate<{ worst: number; offShare: number }>(call);
          expect(worst).toBeLessThan(16);
          expect(offShare).toBeLessThan(1e-9);
        });
      }
    });
  }

  test('becomes crisp at once when its window comes to another screen', async ({ page }) => {
    const drawing: Drawing = { series: [wave(100, SECOND, 0)], from: 0, to: 100 * SECOND };
    await page.evaluate(`kept = chartPage.keep(${JSON.stringify(drawing)})`);
    expect(await page.evaluate('kept.canvasWidth()')).toBe(400);
    const devtools = await page.context().newCDPSession(page);
    const size = { width: 1_440, height: 900, mobile: false };
    await devtools.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 2 });
    await expect.poll(() => page.evaluate('kept.canvasWidth()')).toBe(800);
  });
});
