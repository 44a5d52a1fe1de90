import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser } from 'playwright';
import { build } from 'vite';
import { median, quantile } from './median';
import { projectRoot } from './programs';

const SIZES = [120, 600, 3_600, 20_000];
const FRAMES = 120;
const VIEWPORT = { width: 1_440, height: 900 };
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Only cross-origin isolated pages get a clock finer than 0.1 ms. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export interface SizeResult {
  oursMs: number;
  uplotMs: number;
  ratio: number;
  oursP95Ms: number;
  uplotP95Ms: number;
  /** The same for frames with a new time scale, in which everything has to be drawn again. */
  redrawOursMs: number;
  redrawUplotMs: number;
  redrawRatio: number;
}

interface RaceTimes {
  ours: number[];
  uplot: number[];
}

/** Draws twelve charts of four series, in turns by this engine and by uPlot on one page; returns ms per frame. */
export async function raceCharts(browser: Browser): Promise<Record<string, SizeResult>> {
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-race-'));
  await buildPage(folder);
  const { server, url } = await serveFolder(folder);
  const context = await browser.newContext({ viewport: VIEWPORT });
  try {
    const page = await context.newPage();
    await page.goto(`${url}/index.html`);
    const sizes: Record<string, SizeResult> = {};
    for (const points of SIZES) {
      const race = (kind: 'advance' | 'redraw') =>
        page.evaluate<RaceTimes>(`race(${points}, ${FRAMES}, '${kind}')`);
      sizes[points] = summarise(await race('advance'), await race('redraw'));
    }
    return sizes;
  } finally {
    await context.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function summarise({ ours, uplot }: RaceTimes, redraw: RaceTimes): SizeResult {
  const oursMs = median(ours);
  const uplotMs = median(uplot);
  const redrawOursMs = median(redraw.ours);
  const redrawUplotMs = median(redraw.uplot);
  return {
    oursMs: round(oursMs),
    uplotMs: round(uplotMs),
    ratio: round(oursMs / uplotMs),
    oursP95Ms: round(quantile(ours, 0.95)),
    uplotP95Ms: round(quantile(uplot, 0.95)),
    redrawOursMs: round(redrawOursMs),
    redrawUplotMs: round(redrawUplotMs),
    redrawRatio: round(redrawOursMs / redrawUplotMs),
  };
}

async function buildPage(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: join(projectRoot(), 'bench', 'page'),
    logLevel: 'error',
    resolve: { alias: { '@shared': join(projectRoot(), 'src', 'shared') } },
    build: { target: 'chrome130', minify: true, outDir, emptyOutDir: true },
  });
}

/** Serves the files of one flat build on a free port of this machine. */
async function serveFolder(folder: string): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    readFile(join(folder, path)).then(
      (body) => {
        response.writeHead(200, {
          ...ISOLATED,
          'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
        });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the page has no port');
  return { server, url: `http://127.0.0.1:${address.port}` };
}

const round = (value: number): number => Number(value.toFixed(3));
