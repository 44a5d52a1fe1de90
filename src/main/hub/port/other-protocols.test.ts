import { describe, expect, it } from 'vitest';
import { describeOtherProtocol } from './other-protocols';

const told = (path: string, offered?: string): string | null =>
  describeOtherProtocol(
    path,
    { headers: offered === undefined ? {} : { 'sec-websocket-protocol': offered } },
    ['wirewatch.v1', 'arduino'],
  );

describe('who speaks another protocol over WebSocket', () => {
  it.each([
    ['/socket.io/', undefined, 'Socket.IO'],
    ['/mon/socket.io/', undefined, 'Socket.IO'],
    ['/engine.io/', undefined, 'Engine.IO'],
    ['/', 'mqtt', 'MQTT'],
    ['/mqtt', 'mqttv3.1', 'MQTT'],
    ['/mqtt', undefined, 'MQTT'],
    ['/agent', 'v10.stomp, v11.stomp, v12.stomp', 'STOMP'],
    ['/', 'graphql-transport-ws', 'GraphQL'],
    ['/graphql', 'graphql-ws', 'GraphQL'],
    ['/sockjs/123/abcdefgh/websocket', undefined, 'SockJS'],
    ['/', 'wamp.2.json', 'Another protocol (wamp.2.json)'],
  ])('is told so: %s %s', (path, offered, name) => {
    expect(told(path, offered)).toContain(name);
    expect(told(path, offered)).toContain('/agent');
  });

  it.each([
    ['/', undefined],
    ['/agent', 'wirewatch.v1'],
    ['/agent', 'arduino'],
    ['/agent', 'mqtt, wirewatch.v1'],
    ['/agent', 'soap'],
    ['/socket.iox', undefined],
  ])('and nobody else: %s %s', (path, offered) => {
    expect(told(path, offered)).toBeNull();
  });
});
