import { once } from 'node:events';
import { WebSocket } from 'ws';
import { isRecord } from '@shared/protocol/parse';

/** Sets `window.hacked` if it is interpreted as markup. */
const MARKUP = `"'><img src=x onerror=window.hacked=1><script>window.hacked=1</script>`;
/**
 * Reversed text directions, invisible characters, terminal codes, line breaks, half characters, and a pile of combining
 * marks.
 */
const TRICKS = `\u202egpj.exe\u2066\u200b\u2028\r\n\u001b[2J\u009b31m\ud800Z${'\u0353\u030d'.repeat(8)}`;
const FORMULA = `=HYPERLINK("http://evil.example";"x")`;
const LONG = 'W'.repeat(4_096);

/** Returns `length` characters of all attacks: first the tricks, then one word that cannot be broken. */
const hostile = (length: number): string => `${FORMULA}${MARKUP}${TRICKS}${LONG}`.slice(0, length);

export interface HostileDevice {
  /** The visible part of its name. */
  name: string;
  close(): void;
}

/**
 * Starts a full agent in which every string is an attack of the greatest length; and a simple device whose name is one
 * long word, which keeps waiting for approval.
 */
export async function startHostileDevice(port: number): Promise<HostileDevice> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/agent`, 'wirewatch.v1', {
    headers: { 'User-Agent': MARKUP + 'W'.repeat(400), 'X-Hostile': `${MARKUP}${'W'.repeat(2_000)}` },
  });
  const send = (message: unknown): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  socket.on('error', () => {});
  await once(socket, 'open');
  const text = hostile;
  send({
    type: 'hello',
    device: {
      id: 'hostile',
      name: text(128),
      kind: 'computer',
      os: text(128),
      arch: text(64),
      model: text(128),
      tags: Array.from({ length: 32 }, (_, i) => `${i}${text(62)}`),
    },
    agent: text(128),
    now: Date.now(),
  });
  const labels = { a: text(512), b: MARKUP };
  const series = [
    { name: text(256), title: text(128), unit: text(32), labels },
    { name: `x${LONG}`.slice(0, 256), labels: { ...labels, a: `2${text(500)}` } },
    { name: `words.${MARKUP}`, unit: '<b>', title: MARKUP },
    { name: 'system.cpu.utilization', labels: { 'cpu.mode': text(512) }, unit: '1' },
    { name: 'system.filesystem.usage', labels: { 'system.filesystem.mountpoint': text(512) }, unit: 'By' },
    { name: 'hw.temperature', labels: { 'hw.name': text(512) }, unit: 'Cel', title: text(128) },
  ];
  send({ type: 'schema', version: 1, series });
  let seq = 0;
  const report = (): void => {
    send({
      type: 'rows',
      seq: ++seq,
      schema: 1,
      rows: [[Date.now(), ...series.map((_, i) => seq % (i + 2))]],
    });
  };
  const timer = setInterval(report, 250);
  const events = (['info', 'warning', 'error'] as const).map((level) => ({
    type: 'event',
    level,
    text: text(4_096),
  }));
  socket.on('message', (data: Buffer) => {
    const message: unknown = JSON.parse(data.toString());
    if (!isRecord(message)) return;
    if (message['type'] === 'admission' && message['state'] === 'approved') events.forEach(send);
    if (message['type'] !== 'request') return;
    const one = { pid: 7, name: text(256), user: text(256), command: text(4_096), cpu: 0.5, rssBytes: 1_000 };
    const processes = Array.from({ length: 20 }, (_, i) => ({ ...one, pid: i }));
    send({ type: 'result', id: message['id'], value: { total: 20, processes } });
  });
  const simple = new WebSocket(`ws://127.0.0.1:${port}/`);
  simple.on('error', () => {});
  simple.on('open', () =>
    simple.send(JSON.stringify({ id: LONG.slice(0, 64), name: LONG.slice(0, 128), temp: 1 })),
  );
  return {
    name: FORMULA,
    close() {
      clearInterval(timer);
      simple.terminate();
      socket.close(4_999, `${MARKUP}${TRICKS}`.slice(0, 60));
    },
  };
}
