import { connect, type Socket } from 'node:net';

/**
 * `stress-attackers PORT SECONDS REFUSED SILENT`: runs all attacks at once that cost a server more than the attacker.
 * Each comes from one address or many (127.0.0.x), and reconnects as soon as it is cut off. Prints its counts as JSON.
 */
const [portText = '', secondsText = '', refusedText = '', silentText = ''] = process.argv.slice(2);
const port = Number(portText);
const endsAt = Date.now() + Number(secondsText) * 1_000;
const FLOOD_BYTES_PER_SEC = 100_000_000;
const TICK_MS = 20;

const did = { refused: 0, silent: 0, bombs: 0, floods: 0, floodMB: 0, kept: 0 };
const open = new Set<Socket>();

function dial(from: string, onClosed: () => void = () => {}): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  open.add(socket);
  socket.on('error', () => {});
  socket.once('close', () => {
    open.delete(socket);
    if (Date.now() < endsAt) onClosed();
  });
  return socket;
}

function upgrade(path: string, headers = ''): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`
  );
}

function frame(firstByte: number, payload: Buffer): Buffer {
  const head =
    payload.length < 126 ? Buffer.alloc(6) : payload.length < 65_536 ? Buffer.alloc(8) : Buffer.alloc(14);
  head[0] = firstByte;
  if (payload.length < 126) head[1] = 0x80 | payload.length;
  else if (payload.length < 65_536) {
    head[1] = 0xfe;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 0xff;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
}

const hello = (id: string): Buffer =>
  frame(
    0x81,
    Buffer.from(
      JSON.stringify({
        type: 'hello',
        device: { id, name: id, kind: 'program' },
        agent: 'attacker',
        now: Date.now(),
      }),
    ),
  );

/** Opens connections that are refused at their upgrade: half of them from one address, half from eight. */
function refusedConnections(count: number): void {
  const requests = [
    upgrade('/nowhere'),
    upgrade('/agent', 'Origin: https://evil.example\r\n'),
    upgrade('/%2e%2e/agent'),
    'NONSENSE\r\n\r\n',
  ];
  const startedAt = Date.now();
  const timer = setInterval(() => {
    const due = Math.ceil((count * (Date.now() - startedAt)) / (endsAt - startedAt));
    while (did.refused < Math.min(count, due)) {
      const i = did.refused++;
      const socket = dial(i % 2 === 0 ? '127.0.0.1' : `127.0.0.${2 + (i % 8)}`);
      socket.write(requests[i % requests.length] ?? '');
      socket.on('data', () => {});
    }
    if (Date.now() >= endsAt) clearInterval(timer);
  }, TICK_MS);
}

/** Opens silent connections; each one that is cut is opened again. */
function silentConnections(count: number): void {
  const again = (from: string): void => {
    did.silent++;
    dial(from, () => setTimeout(() => again(from), 250)).on('data', () => {});
  };
  for (let i = 0; i < count; i++) again(`127.0.0.${20 + (i % 40)}`);
}

/** Sends a message of endless fragments, after a hello. */
function fragmentBomb(from: string): void {
  did.bombs++;
  const socket = dial(from, () => setTimeout(() => fragmentBomb(from), 10));
  socket.write(upgrade('/agent', 'Sec-WebSocket-Protocol: wirewatch.v1\r\n'));
  const fragments = Buffer.concat(Array.from({ length: 5_000 }, () => frame(0x00, Buffer.from('1'))));
  socket.once('data', () => {
    socket.write(hello(`bomb-${from}`));
    socket.write(frame(0x01, Buffer.from('{')));
    const more = (): void => {
      while (!socket.destroyed && socket.write(fragments));
    };
    socket.on('drain', more);
    more();
  });
}

/** Sends whole, valid messages from one client as fast as the hub reads them, up to 100 MB/s. */
function flood(from: string): void {
  did.floods++;
  const socket = dial(from, () => {
    clearInterval(timer);
    setTimeout(() => flood(from), 10);
  });
  socket.write(upgrade('/agent', 'Sec-WebSocket-Protocol: wirewatch.v1\r\n'));
  const values = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, i) => [`flood.metric.number.${i}`, i * 1.5]),
  );
  const metrics = frame(0x81, Buffer.from(JSON.stringify({ type: 'metrics', values })));
  const batch = Buffer.concat(Array.from({ length: 16 }, () => metrics));
  let isJoined = false;
  socket.once('data', () => {
    socket.write(hello(`flood-${from}`));
    isJoined = true;
  });
  let written = 0;
  const startedAt = Date.now();
  const timer = setInterval(() => {
    if (!isJoined || Date.now() >= endsAt) return;
    const due = ((Date.now() - startedAt) / 1_000) * FLOOD_BYTES_PER_SEC;
    while (written < due && !socket.writableNeedDrain && !socket.destroyed) {
      socket.write(batch);
      written += batch.length;
      did.floodMB += batch.length / 1e6;
    }
  }, TICK_MS);
}

refusedConnections(Number(refusedText));
silentConnections(Number(silentText));
for (const from of ['127.0.0.1', '127.0.0.70']) fragmentBomb(from);
flood('127.0.0.80');
setTimeout(() => {
  did.kept = open.size;
  process.stdout.write(`${JSON.stringify({ ...did, floodMB: Math.round(did.floodMB) })}\n`, () =>
    process.exit(0),
  );
}, endsAt - Date.now());
