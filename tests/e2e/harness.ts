import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { test as base, expect, type ConsoleMessage, type Locator, type Page } from '@playwright/test';
import { startCli, type CliServer } from '../../scripts/lib/cli-server.mjs';

/** A separate hub for each test, with its own folder, and agents as real processes. */
export interface Harness {
  server: CliServer;
  /** Runs `wirewatch agent` against the hub, as on another computer; `args` are additional arguments. */
  startAgent(name: string, args?: string[]): Agent;
}

export interface Agent {
  /** Resolves with the digits to compare, once the agent shows them. */
  code(): Promise<string>;
  /** Ends the agent with SIGKILL: the connection ends without a close frame. */
  kill(): void;
}

interface Options {
  /** Additional arguments for `serve`. */
  serveArgs: string[];
}

export const test = base.extend<Options & { hub: Harness }>({
  serveArgs: [[], { option: true }],

  hub: async ({ serveArgs }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'wirewatch-e2e-'));
    const dataDir = join(folder, 'hub');
    const args = ['--port', '0', '--data-dir', dataDir, '--json', '--no-advertise', ...serveArgs];
    const server = await startCli(['serve', ...args]);
    const agents: ChildProcess[] = [];
    await use({
      server,
      startAgent(name, args = []) {
        const url = `ws://127.0.0.1:${server.port}`;
        const child = spawn(
          process.execPath,
          [
            'out/main/cli.js',
            'agent',
            url,
            '--json',
            '--name',
            name,
            '--data-dir',
            join(folder, name),
            ...args,
          ],
          { stdio: ['ignore', 'pipe', 'ignore'] },
        );
        agents.push(child);
        return { kill: () => child.kill('SIGKILL'), code: firstCode(child) };
      },
    });
    for (const agent of agents) agent.kill('SIGKILL');
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  },

  page: async ({ page, hub }, use) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      const isProblem = message.type() === 'error' || message.type() === 'warning';
      if (isProblem && !isExpected(message)) problems.push(message.text());
    });
    await page.goto(hub.server.url);
    await use(page);
    expect(problems, 'errors and warnings in the page').toEqual([]);
  },
});

/** Returns a function that resolves with the first digits that the agent shows. */
function firstCode(agent: ChildProcessByStdio<null, Readable, null>): () => Promise<string> {
  const code = new Promise<string>((resolve) => {
    createInterface({ input: agent.stdout }).on('line', (line) => {
      const state: unknown = JSON.parse(line);
      if (typeof state === 'object' && state !== null && 'code' in state && typeof state.code === 'string') {
        resolve(state.code);
      }
    });
  });
  return () => code;
}

/** Selects the sparklines of a card. */
export const SPARKLINES = 'svg.sparklines';

/** Returns a fingerprint of the picture in a canvas or an SVG. */
export async function picture(chart: Locator): Promise<number> {
  return chart.evaluate((element: unknown) => {
    const { toDataURL, innerHTML } = element as { toDataURL?: () => string; innerHTML: string };
    const image = toDataURL ? toDataURL.call(element) : innerHTML;
    let hash = 0;
    for (let i = 0; i < image.length; i++) hash = (hash * 31 + image.charCodeAt(i)) | 0;
    return hash;
  });
}

/** Expects the picture in a canvas or an SVG to change. */
export async function expectToMove(chart: Locator): Promise<void> {
  await expect(chart).toBeVisible();
  const before = await picture(chart);
  await expect.poll(() => picture(chart)).not.toBe(before);
}

/** Returns the card of an approved device in the fleet. */
export function card(page: Page, name: string): Locator {
  return page.getByRole('main').locator('[data-device]').filter({ hasText: name });
}

/** Goes to another place in the app, as a link would. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    (globalThis as unknown as { location: { hash: string } }).location.hash = to;
  }, hash);
}

/**
 * Whether the browser itself reports a condition that the UI handles, an unknown session or a hub that is gone, or that a
 * test reads pixels again and again.
 */
function isExpected(message: ConsoleMessage): boolean {
  return (
    message.location().url.endsWith('/ui/session') ||
    /^WebSocket connection to|^Canvas2D: Multiple readback/.test(message.text()) ||
    // Now and then a row of the waiting list is read once more while it goes away. Nothing shows the value.
    message.text().endsWith('/e/derived_inert')
  );
}

export { expect };
