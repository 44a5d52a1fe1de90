import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** What the hub is compared with: `ws` as its README has it, parsing every message and keeping nothing. */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    JSON.parse((data as Buffer).toString());
  });
});
server.on('listening', () => {
  console.log(JSON.stringify({ event: 'ready', port: (server.address() as AddressInfo).port }));
});
