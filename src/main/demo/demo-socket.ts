import type { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';

/** The hub to which the simulated devices connect. */
export interface DemoHub {
  url: string;
  /** Its certificate, `AB:CD:…`; null without TLS. */
  fingerprint: string | null;
}

/** Connects a simulated device. Over TLS it accepts only the certificate that the hub named. */
export function connectDemoSocket(
  { url, fingerprint }: DemoHub,
  options: { path?: string; protocols?: string[]; userAgent?: string } = {},
): WebSocket {
  const { path, protocols = [], userAgent } = options;
  const socket = new WebSocket(path === undefined ? url : new URL(path, url), protocols, {
    perMessageDeflate: false,
    // No authority vouches for the certificate, so its fingerprint is compared before anything is sent.
    ...(fingerprint === null ? {} : { rejectUnauthorized: false }),
    ...(userAgent === undefined ? {} : { headers: { 'User-Agent': userAgent } }),
  });
  if (fingerprint !== null) {
    socket.on('upgrade', (response) => {
      const shown = (response.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256;
      if (shown !== fingerprint) socket.terminate();
    });
  }
  return socket;
}
