import type { Browser, CDPSession, Page } from 'playwright';
import { startDemo } from './programs';

const FLEET = 1_000;
const FEW = 25;
const VIEWPORT = { width: 1_440, height: 900 };
/** Tall enough for twelve charts at once. */
const TALL = { width: 1_440, height: 1_500 };
const CHARTS = 12;
const FPS_SECONDS = 10;
/** The time after which a page has finished its initial work, ms. */
const SETTLE_MS = 4_000;
const HEAP_MINUTES = 1;
const HEAP_MINUTES_LONG = 10;
/** The time to fill the live window and its margin, after which its buffers stop growing, ms. */
const FILL_MS = 95_000;
const READY_WITHIN_MS = 60_000;
const FILTER = 'nas-1';

export interface ScreensResult {
  deviceFps: number;
  fleetInteractionMs: number;
  heapGrowthPct: number;
}

/**
 * Measures the built UI on the built hub in a real browser: frames of a page of charts, interactions with a fleet,
 * memory.
 */
export async function measureScreens(browser: Browser, isLong: boolean): Promise<ScreensResult> {
  const fleetInteractionMs = await onDemo(browser, FLEET, async (page) => {
    await until(page, '/1,?000 devices/.test(document.body.innerText)');
    await sleep(SETTLE_MS);
    return fleetInteraction(page);
  });
  return onDemo(browser, FEW, async (page) => {
    await openDevice(page);
    const { fps, longTaskMs } = await deviceFrames(page);
    console.error(`device page: the longest task while it scrolled took ${longTaskMs} ms (0: none of 50 ms)`);
    const heapGrowthPct = await heapGrowth(page, isLong ? HEAP_MINUTES_LONG : HEAP_MINUTES);
    return { deviceFps: fps, fleetInteractionMs, heapGrowthPct };
  });
}

/** Runs `measure` on a page of the UI, on a hub with made-up devices. */
async function onDemo<T>(browser: Browser, devices: number, measure: (page: Page) => Promise<T>): Promise<T> {
  const demo = await startDemo(devices);
  const context = await browser.newContext({ viewport: VIEWPORT });
  try {
    const page = await context.newPage();
    await page.addInitScript(PROBE);
    await page.goto(demo.url);
    await page.locator('[data-device] svg.sparklines').first().waitFor();
    return await measure(page);
  } finally {
    await context.close();
    await demo.stop();
  }
}

/** Runs in the page: measures the time from an input to the first frame after it, frame times and long tasks. */
const PROBE = `(() => {
  const waits = [];
  const afterPaint = (since) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => waits.push(performance.now() - since);
    channel.port2.postMessage(null);
  });
  for (const type of ['wheel', 'keydown', 'input'])
    addEventListener(type, (event) => afterPaint(event.timeStamp), { capture: true, passive: true });
  const longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
  window.probe = {
    waits,
    longTasks,
    frames: (seconds) => new Promise((resolve) => {
      longTasks.length = 0;
      let count = 0;
      const start = performance.now();
      const next = () => {
        const passed = performance.now() - start;
        if (passed >= seconds * 1000) resolve({ fps: (count * 1000) / passed, longTaskMs: Math.max(0, ...longTasks) });
        else { count++; requestAnimationFrame(next); }
      };
      requestAnimationFrame(next);
    }),
  };
})()`;

/** Polls until the condition holds. `waitForFunction` does not work, because the page's policy forbids its method. */
async function until(page: Page, condition: string): Promise<void> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (!(await page.evaluate<boolean>(condition))) {
    if (Date.now() > giveUpAt) throw new Error(`the page never came to ${condition}`);
    await sleep(200);
  }
}

/** Measures the slowest of many interactions: scrolling through all devices, and each key typed into a filter. */
async function fleetInteraction(page: Page): Promise<number> {
  await page.evaluate('probe.waits.length = 0');
  const { width, height } = VIEWPORT;
  await page.mouse.move(width / 2, height / 2);
  for (let turn = 0; turn < 40; turn++) {
    await page.mouse.wheel(0, turn < 30 ? 400 : -900);
    await sleep(40);
  }
  await sleep(300);
  await page.keyboard.press('/');
  await page.keyboard.type(FILTER, { delay: 150 });
  for (let i = 0; i < FILTER.length; i++) await page.keyboard.press('Backspace', { delay: 150 });
  await sleep(500);
  const waits = await page.evaluate<number[]>('probe.waits');
  return round(Math.max(...waits));
}

async function openDevice(page: Page): Promise<void> {
  await page.setViewportSize(TALL);
  const id = await page.evaluate<string>(
    "[...document.querySelectorAll('[data-device]')].map((card) => card.dataset.device).find((id) => id.includes('computer'))",
  );
  await page.goto(`${page.url().split('#')[0]}#/device/${encodeURIComponent(id)}?range=1m`);
  await until(page, `document.querySelectorAll('figure canvas').length >= ${CHARTS * 2}`);
  await sleep(SETTLE_MS);
}

function deviceFrames(page: Page): Promise<{ fps: number; longTaskMs: number }> {
  return page
    .evaluate<{ fps: number; longTaskMs: number }>(`probe.frames(${FPS_SECONDS})`)
    .then(({ fps, longTaskMs }) => ({ fps: round(fps), longTaskMs: round(longTaskMs) }));
}

/** Returns how much the page's memory has grown since its buffers were full, measured after garbage collection. */
async function heapGrowth(page: Page, minutes: number): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await sleep(FILL_MS);
  const before = await heapBytes(devtools);
  await sleep(minutes * 60_000);
  const after = await heapBytes(devtools);
  return round((after / before - 1) * 100);
}

async function heapBytes(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.enable');
  // Several collections are needed until V8 drops the code that was used only at the start.
  for (let turn = 0; turn < 8; turn++) await devtools.send('HeapProfiler.collectGarbage');
  const usage = (await devtools.send('Runtime.getHeapUsage')) as {
    usedSize: number;
    backingStorageSize?: number;
  };
  return usage.usedSize + (usage.backingStorageSize ?? 0);
}

const round = (value: number): number => Number(value.toFixed(2));
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
