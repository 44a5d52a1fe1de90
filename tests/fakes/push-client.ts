import { request, type IncomingHttpHeaders } from 'node:http';
import type { Hub } from '../../src/main/hub/hub-contract';

export interface Push {
  method?: string;
  headers?: Record<string, string>;
  /** A list is sent in chunks, without a content length. */
  body?: string | Buffer | readonly Buffer[];
  /** The address to send from. */
  from?: string;
}

export interface PushAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  body: string;
  json(): unknown;
}

/** Sends one request on a new connection. */
export function push(port: number, target: string, options: Push = {}): Promise<PushAnswer> {
  const { method = 'POST', headers = {}, body = '', from: localAddress } = options;
  return new Promise((resolve, reject) => {
    const to = { port, host: '127.0.0.1', path: target, method, headers, localAddress, agent: false };
    const sent = request(to, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        const { statusCode: status = 0 } = response;
        resolve({
          status,
          headers: response.headers,
          bytes,
          body: text,
          json: () => JSON.parse(text) as unknown,
        });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    if (typeof body === 'string' || Buffer.isBuffer(body)) sent.end(body);
    else {
      for (const piece of body) sent.write(piece);
      sent.end();
    }
  });
}

/** Samples of one series. */
export interface StoredSamples {
  metric: string;
  labels: Record<string, string>;
  unit: string;
  kind: string;
  /** Ms since the epoch. */
  t: number[];
  v: (number | null)[];
}

/** Returns all samples that a hub holds of a device, as they were sent; by default from the last ten minutes. */
export async function storedSamples(hub: Hub, device: string, lastMs = 600_000): Promise<StoredSamples[]> {
  const now = Date.now();
  const range = { from: now - lastMs, to: now + 60_000 };
  let text = '';
  const query = { ...range, device, format: 'ndjson', time: 'ms', raw: true } as const;
  for await (const piece of hub.exportSamples(query)) text += piece;
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as StoredSamples]));
}

/** Returns the newest value of each series of a device, by `metric{label=value}`. */
export async function newestValues(hub: Hub, device: string): Promise<Record<string, number | null>> {
  const values: Record<string, number | null> = {};
  for (const { metric, labels, v } of await storedSamples(hub, device)) {
    const label = Object.entries(labels).map(([name, text]) => `${name}=${text}`);
    values[label.length > 0 ? `${metric}{${label.join(',')}}` : metric] = v.at(-1) ?? null;
  }
  return values;
}
