import type { WebSocket } from 'ws';
import type { Disposable } from '@shared/disposable';
import type { DemoDevice } from './demo-device';
import { connectDemoSocket, type DemoHub } from './demo-socket';

const RETRY_MS = 3_000;

/**
 * Simulates one simple device. Without a subprotocol or hello, it sends only values, as a short sketch would: nested
 * JSON or InfluxDB line protocol.
 */
export function startSimpleSender(device: DemoDevice, hub: DemoHub): Disposable {
  const names = device.part.declarations.map(({ name }) => name);
  const values = new Array<number | null>(names.length).fill(null);
  const write = device.dialect === 'json' ? writeJson : writeLine;
  let socket: WebSocket | null = null;
  let sending: NodeJS.Timeout | undefined;
  let retrying: NodeJS.Timeout | undefined;
  let disposed = false;

  function send(): void {
    device.part.fill(Date.now() / 1_000, values, 0);
    socket?.send(write(device.declaration.name, names, values));
  }

  function connect(): void {
    socket = connectDemoSocket(hub, { userAgent: device.declaration.model ?? 'sketch' });
    socket.on('open', () => {
      send();
      sending = setInterval(send, device.intervalMs);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(sending);
      socket = null;
      if (!disposed) retrying = setTimeout(connect, RETRY_MS);
    });
  }

  connect();
  return {
    dispose() {
      disposed = true;
      clearInterval(sending);
      clearTimeout(retrying);
      socket?.close(1001, 'the demo ends');
    },
  };
}

/** `{"id":"greenhouse","air":{"temp":23.1,"hum":66},"rssi":-61}` */
export function writeJson(
  name: string,
  names: readonly string[],
  values: readonly (number | null)[],
): string {
  const message: Record<string, unknown> = { id: name, name };
  for (const [i, path] of names.entries()) {
    const words = path.split('.');
    const last = words.pop() ?? path;
    let into = message;
    for (const word of words) into = (into[word] ??= {}) as Record<string, unknown>;
    into[last] = values[i];
  }
  return JSON.stringify(message);
}

/** `weather,host=weather-station temp=11.3,hum=71.2 1795328303969000000` */
export function writeLine(
  name: string,
  names: readonly string[],
  values: readonly (number | null)[],
): string {
  const fields = names.map((field, i) => `${field}=${values[i]}`).join(',');
  return `weather,host=${name} ${fields} ${Date.now()}000000`;
}
