import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** The baseline for the hub: `ws` as in its README, parsing every message and storing nothing. */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    JSON.parse((data as Buffer).toString());
  });
});
server.on('listening', () => {
  console.log(JSON.stringify({ event: 'ready', port: (server.address() as AddressInfo).port }));
});
