import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StrippingProxy {
  port: number;
  dispose(): void;
}

export interface StrippingProxyOptions {
  /** The port of the hub. */
  to: number;
  /** The prefix that it removes from every path: `/mon`. Other paths are not forwarded. */
  prefix: string;
  /** Changes the `Host` header. */
  host: (host: string) => string;
}

/** Starts a minimal reverse proxy, which removes a prefix from each path and forwards the client's address. */
export async function startStrippingProxy(options: StrippingProxyOptions): Promise<StrippingProxy> {
  const { to, prefix } = options;
  const ask = (from: IncomingMessage) => {
    const { url = '', method, headers, socket } = from;
    if (!url.startsWith(`${prefix}/`)) return null;
    const host = options.host(headers.host ?? '');
    const forwarded = { 'x-forwarded-for': socket.remoteAddress, 'x-forwarded-proto': 'http' };
    return request({
      host: '127.0.0.1',
      port: to,
      path: url.slice(prefix.length),
      method,
      headers: { ...headers, ...forwarded, host },
    });
  };
  const server = createServer((from, response) => {
    const asked = ask(from);
    if (!asked) {
      response.writeHead(404).end();
      return;
    }
    asked.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    asked.on('error', () => response.destroy());
    from.pipe(asked);
  });
  server.on('upgrade', (from, socket, head) => {
    const asked = ask(from);
    if (!asked) {
      socket.destroy();
      return;
    }
    socket.on('error', () => socket.destroy());
    asked.on('error', () => socket.destroy());
    asked.on('response', (answer) => {
      socket.end(`HTTP/1.1 ${answer.statusCode} Refused\r\nConnection: close\r\n\r\n`);
      answer.resume();
    });
    asked.on('upgrade', (answer, hub, more) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.write(more);
      hub.write(head);
      hub.on('error', () => hub.destroy());
      hub.on('close', () => socket.destroy());
      socket.on('close', () => hub.destroy());
      hub.pipe(socket).pipe(hub);
    });
    asked.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    dispose() {
      server.close();
      server.closeAllConnections();
    },
  };
}
