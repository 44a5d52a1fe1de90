import { expect, test } from './harness';

const HOUR_MS = 3_600_000;

test.use({ serveArgs: ['--admit', 'open', '--no-local-agent'] });

test('a page on a machine whose clock is 2 h slow shows the times of the hub', async ({ page, hub }) => {
  await page.addInitScript((slowMs) => {
    const Right = Date;
    globalThis.Date = class extends Right {
      constructor(...args: [] | [number]) {
        super(...(args.length === 0 ? ([Right.now() - slowMs] as const) : args));
      }
      static override now = () => Right.now() - slowMs;
    } as DateConstructor;
  }, 2 * HOUR_MS);
  const device = new WebSocket(`ws://127.0.0.1:${hub.server.port}`);
  await new Promise((resolve) => device.addEventListener('open', resolve));
  const send = () => device.send(JSON.stringify({ id: 'attic', temp: 21.5 }));
  send();
  const timer = setInterval(send, 500);
  try {
    await page.goto(`http://127.0.0.1:${hub.server.port}/#/device/attic?range=5m`);
    await page.reload();
    await expect(page.getByRole('main').locator('canvas').first()).toBeVisible();
    const bar = page.getByRole('group', { name: 'Time', exact: true });
    const clock = (time: number) => new Date(time).toTimeString().slice(0, 5);
    await expect(bar).toContainText(
      new RegExp([-1, 0, 1].map((min) => clock(Date.now() + min * 60_000)).join('|')),
    );
    await expect(bar).not.toContainText(clock(Date.now() - 2 * HOUR_MS));
    // Ages are calculated with the hub's clock as well.
    const words = await page.getByRole('main').innerText();
    expect(words).not.toMatch(/\b[12] h( \d+ min)? ago/);
    expect(words).not.toMatch(/in \d+ h/);
  } finally {
    clearInterval(timer);
    device.close();
  }
});
