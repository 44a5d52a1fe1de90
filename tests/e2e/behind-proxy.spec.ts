import { startStrippingProxy } from '../fakes/stripping-proxy';
import { card, expect, goTo, test } from './harness';

const TOKEN = 'behind-a-test-proxy';

/** The ways in which a proxy passes on the host name of the original request. */
const HOSTS = {
  'with its port': (host: string) => host,
  'without its port, as nginx does with $host': (host: string) => host.replace(/:\d+$/, ''),
};

test.use({ serveArgs: ['--ui-token', TOKEN, '--admit', 'open', '--trust-proxy', '127.0.0.1'] });

for (const [how, host] of Object.entries(HOSTS)) {
  test(`the UI works below a path that a proxy takes off, its name passed on ${how}`, async ({
    page,
    hub,
  }) => {
    const proxy = await startStrippingProxy({ to: hub.server.port, prefix: '/mon', host });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    page.on('websocket', (socket) => asked.push(new URL(socket.url()).pathname));
    try {
      await page.goto('about:blank');
      asked.length = 0;
      await page.goto(`http://127.0.0.1:${proxy.port}/mon/`);
      const field = page.getByRole('textbox');
      await field.fill(TOKEN);
      await field.press('Enter');
      hub.startAgent('lab-pi');
      await expect(card(page, 'lab-pi')).toContainText('Online');
      await goTo(page, '#/connections');
      await expect(page.getByRole('main')).toContainText('lab-pi');
      // The session survives a reload.
      await page.reload();
      await expect(page.getByRole('main')).toContainText('lab-pi');
      const answer = await page.request.get(`http://127.0.0.1:${proxy.port}/mon/api/v1/devices`);
      expect(answer.status()).toBe(200);
      expect(asked).toContain('/mon/ui');
      expect(asked.filter((path) => !path.startsWith('/mon/'))).toEqual([]);
    } finally {
      proxy.dispose();
    }
  });
}
