import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Handles a plain HTTP request that the port admitted. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Handles an upgrade that the port admitted; from then on it owns the socket and its `error` listener. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
