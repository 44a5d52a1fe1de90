import { connect, type Socket } from 'node:net';

/**
 * A WebSocket client that costs as little as possible: it writes prepared frames and looks only for pongs in the
 * answers. A pong means that every frame before its ping was read, because a server reads a connection in order.
 */
export class RawSocket {
  readonly #socket: Socket;
  readonly #pongs: (() => void)[] = [];
  /** Called with every text message that comes back. */
  onText: ((text: string) => void) | null = null;
  onClose: ((code: number | null) => void) | null = null;
  #closeCode: number | null = null;
  #pending: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => this.#read(data));
    socket.on('error', () => {});
    socket.on('close', () => this.onClose?.(this.#closeCode));
  }

  static open(port: number, path: string, protocol: string | null): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.setNoDelay(true);
      socket.once('error', reject);
      const offer = protocol === null ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`;
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${offer}\r\n`,
      );
      let head = Buffer.alloc(0);
      const onData = (data: Buffer): void => {
        head = Buffer.concat([head, data]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        socket.removeListener('data', onData);
        if (!head.toString('latin1', 0, 12).endsWith('101')) {
          reject(new Error(head.toString()));
          return;
        }
        const client = new RawSocket(socket);
        client.#read(head.subarray(end + 4));
        resolve(client);
      };
      socket.on('data', onData);
    });
  }

  sendText(text: string): void {
    const payload = Buffer.from(text);
    const header =
      payload.length < 126
        ? Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0])
        : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]);
    this.#socket.write(Buffer.concat([header, payload]));
  }

  write(frames: Buffer): void {
    this.#socket.write(frames);
  }

  /** Sends a ping; resolves with its pong. */
  ping(): Promise<void> {
    this.#socket.write(Buffer.from([0x89, 0x80, 0, 0, 0, 0]));
    return new Promise((resolve) => this.#pongs.push(resolve));
  }

  #answerPing(payload: Buffer): void {
    this.#socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    let buffer = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    for (;;) {
      if (buffer.length < 2) break;
      const opcode = (buffer[0] ?? 0) & 15;
      const short = (buffer[1] ?? 0) & 127;
      const headerLength = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (buffer.length < headerLength) break;
      const length =
        short < 126 ? short : short === 126 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
      if (buffer.length < headerLength + length) break;
      if (opcode === 8 && length >= 2) this.#closeCode = buffer.readUInt16BE(headerLength);
      if (opcode === 9) this.#answerPing(buffer.subarray(headerLength, headerLength + length));
      if (opcode === 10) this.#pongs.shift()?.();
      if (opcode === 1) this.onText?.(buffer.toString('utf8', headerLength, headerLength + length));
      buffer = buffer.subarray(headerLength + length);
    }
    this.#pending = buffer;
  }
}
