import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Takes a plain HTTP request that the port let through. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Takes an upgrade that the port let through; owns the socket from then on, its `error` listener included. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
