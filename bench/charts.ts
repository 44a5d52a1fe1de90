import { chromium } from 'playwright';
import { findChromium } from '../scripts/lib/chromium.mjs';
import { sandboxFlags } from '../scripts/lib/cli-server.mjs';
import { raceCharts, type SizeResult } from './chart-race';
import { measureScreens, type ScreensResult } from './chart-screens';

export interface ChartsResult extends ScreensResult {
  /** By number of points per series. */
  sizes: Record<string, SizeResult>;
}

/** Measures everything about charts that a browser can show; `isLong` watches memory for ten minutes. */
export async function benchCharts(isLong: boolean): Promise<ChartsResult> {
  const executablePath = await findChromium();
  if (!executablePath) throw new Error('there is no Chromium: set CHROMIUM_PATH');
  const browser = await chromium.launch({ executablePath, args: sandboxFlags() });
  try {
    const sizes = await raceCharts(browser);
    return { sizes, ...(await measureScreens(browser, isLong)) };
  } finally {
    await browser.close();
  }
}
