import type { IncomingMessage } from 'node:http';

interface OtherProtocol {
  /** Matches the path of an upgrade, or one of the subprotocols that it offers. */
  path?: RegExp;
  subprotocol?: RegExp;
  name: string;
  /** What to use with Wirewatch in its place. */
  instead: string;
}

const PLAIN_WEBSOCKET = 'Connect with a plain WebSocket client to /agent and send JSON, e.g. {"temp": 21.5}.';

/** Protocols on top of WebSocket that are mistaken for WebSocket itself. */
const OTHER_PROTOCOLS: readonly OtherProtocol[] = [
  {
    path: /^\/(?:[^/]+\/)?socket\.io\/?$/,
    name: 'Socket.IO',
    instead: `A Socket.IO client can only talk to a Socket.IO server. ${PLAIN_WEBSOCKET}`,
  },
  {
    path: /^\/(?:[^/]+\/)?engine\.io\/?$/,
    name: 'Engine.IO',
    instead: `An Engine.IO client can only talk to an Engine.IO server. ${PLAIN_WEBSOCKET}`,
  },
  {
    path: /^\/mqtt\/?$/,
    subprotocol: /^mqtt(?:v[\d.]+)?$/i,
    name: 'MQTT over WebSocket',
    instead: `The hub is no MQTT broker. ${PLAIN_WEBSOCKET} Telegraf's mqtt_consumer can bring what a broker has.`,
  },
  {
    path: /^\/(?:stomp|ws\/stomp)\/?$/,
    subprotocol: /^(?:v\d+\.stomp|stomp)$/i,
    name: 'STOMP over WebSocket',
    instead: `The hub is no STOMP broker. ${PLAIN_WEBSOCKET}`,
  },
  {
    path: /^\/(?:.+\/)?(?:\d{3}\/[^/]+\/websocket|sockjs-node)$/,
    name: 'SockJS',
    instead: PLAIN_WEBSOCKET,
  },
  {
    path: /^\/graphql\/?$/,
    subprotocol: /^(?:graphql-transport-ws|graphql-ws)$/i,
    name: 'GraphQL over WebSocket',
    instead: `The hub has no GraphQL; to read, use the HTTP API under /api/v1. To send: ${PLAIN_WEBSOCKET}`,
  },
  {
    path: /^\/signalr(?:\/.*)?$/,
    name: 'SignalR',
    instead: PLAIN_WEBSOCKET,
  },
  {
    subprotocol: /^(?:wamp\.2\.|ocpp\d|amqp$|xmpp$|sip$|vite-hmr$|actioncable-)/i,
    name: 'Another protocol',
    instead: PLAIN_WEBSOCKET,
  },
];

/**
 * What to tell a client that wants another protocol than the hub speaks; null when it does not. One that offers a
 * subprotocol of the hub's as well may go on.
 */
export function describeOtherProtocol(
  path: string,
  { headers }: Pick<IncomingMessage, 'headers'>,
  spoken: readonly string[] = [],
): string | null {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  if (offered.some((one) => spoken.includes(one))) return null;
  for (const { path: pattern, subprotocol, name, instead } of OTHER_PROTOCOLS) {
    const match = offered.find((one) => subprotocol?.test(one));
    if (match === undefined && !pattern?.test(path)) continue;
    const shown = match === undefined ? name : `${name} (${match.slice(0, 40)})`;
    return `${shown} is not what this hub speaks. ${instead}`;
  }
  return null;
}
