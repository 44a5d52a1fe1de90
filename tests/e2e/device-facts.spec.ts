import { WebSocket } from 'ws';
import { expect, test } from './harness';

test.use({ serveArgs: ['--no-local-agent', '--admit', 'open'] });

/** Starts a board that sends these values repeatedly until the test is over. */
async function board(url: string, values: object): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.once('open', resolve));
  const send = (): void => socket.send(JSON.stringify({ id: 'printer', ...values }));
  const timer = setInterval(send, 300);
  socket.once('close', () => clearInterval(timer));
  send();
  return socket;
}

test('a guessed unit is marked, corrected for good, and the correction undone', async ({ hub, page }) => {
  const socket = await board(`ws://127.0.0.1:${hub.server.port}`, { nozzle_temp: 410 });
  await page.goto(`${hub.server.url}#/device/printer`);
  const chart = page.locator('figure.chart');
  const headline = chart.locator('.big');
  await expect(headline).toHaveText(/410\s°C/);
  await expect(headline.getByTitle('The unit is guessed from the name.')).toBeVisible();

  await chart.hover();
  await chart.getByRole('button', { name: /^More for/ }).click();
  await page.getByRole('menuitem', { name: 'Correct the guessed unit…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Unit of/ });
  await expect(dialog).toContainText('guessed from the name “nozzle_temp”');
  await dialog.getByRole('textbox', { name: 'Unit' }).fill('°F');
  await expect(dialog.getByRole('status')).toHaveText(/410\s°F/);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(headline).toHaveText(/410\s°F/);
  await expect(headline.getByTitle('The unit is guessed from the name.')).toHaveCount(0);

  await page.reload();
  await expect(headline).toHaveText(/410\s°F/);
  await chart.hover();
  await chart.getByRole('button', { name: /^More for/ }).click();
  await page.getByRole('menuitem', { name: 'Change unit…' }).click();
  await dialog.getByRole('button', { name: 'Use automatic' }).click();
  await expect(headline).toHaveText(/410\s°C/);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(headline).toHaveText(/410\s°F/);
  socket.terminate();
});

test('texts of a device are its states, and unknown once it is gone', async ({ hub, page }) => {
  const socket = await board(`ws://127.0.0.1:${hub.server.port}`, { state: 'printing', temp: 20 });
  await page.goto(`${hub.server.url}#/device/printer`);
  const states = page.getByRole('region', { name: 'States' });
  await expect(states).toContainText(/State\s*printing\s*for/);
  socket.terminate();
  await expect(states).toContainText(/State\s*Unknown\s*was printing/);
});

test('who was refused is listed with the option that would let them in', async ({ hub, page }) => {
  const url = `ws://127.0.0.1:${hub.server.port}/agent?token=secret`;
  for (const origin of ['https://panel.example', 'https://panel.example;reboot']) {
    const refused = new WebSocket(url, { origin });
    await new Promise((resolve) => refused.once('error', resolve));
  }
  await page.goto(`${hub.server.url}#/connections`);
  await page.getByText('Refused 2').click();
  await page.getByRole('button', { name: /A web page from a site that is not allowed/ }).click();
  const clients = page.getByRole('table', { name: 'Who was refused last' });
  await expect(clients.getByRole('row')).toHaveCount(3);
  await expect(clients).toContainText('https://panel.example;reboot');
  await expect(clients).toContainText('/agent');
  await expect(page.getByText('secret')).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Copy the option/ })).toHaveCount(1);
  await expect(page.getByRole('button', { name: /^Copy the option/ })).toContainText(
    '--allow-origin https://panel.example',
  );
});
