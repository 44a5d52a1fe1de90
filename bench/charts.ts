import { chromium } from 'playwright';
import { raceCharts, type SizeResult } from './chart-race';

export interface ChartsResult {
  sizes: Record<string, SizeResult>;
}

export async function benchCharts(): Promise<ChartsResult> {
  const executablePath = process.env['CHROMIUM_PATH'];
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--no-sandbox'],
  });
  try {
    return { sizes: await raceCharts(browser) };
  } finally {
    await browser.close();
  }
}
