import { connect, type Socket } from 'node:net';
import { PATIENCE_MS } from '../patience';

/** A peer that speaks raw TCP and optionally WebSocket frames, to send data that no library would send. */
export class RawPeer {
  readonly socket: Socket;
  heard: Buffer = Buffer.alloc(0);
  isClosed = false;
  readonly #waiters = new Set<() => void>();

  constructor(port: number, from = '127.0.0.1') {
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from });
    this.socket.on('data', (data) => {
      this.heard = Buffer.concat([this.heard, data]);
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  /** Opens a peer whose upgrade was answered with 101. */
  static async upgraded(
    port: number,
    path: string,
    { from = '127.0.0.1', protocol = '' } = {},
  ): Promise<RawPeer> {
    const peer = new RawPeer(port, from);
    peer.socket.write(upgradeRequest(path, protocol));
    await peer.until(() => peer.heard.includes('\r\n\r\n'));
    if (!peer.heard.toString('latin1', 0, 15).includes(' 101 ')) throw new Error(peer.heard.toString());
    return peer;
  }

  send(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Waits until the condition holds or the connection ends. */
  async until(isRight: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (!isRight()) {
      if (this.isClosed)
        throw new Error(`closed; heard ${JSON.stringify(this.heard.toString('latin1').slice(-300))}`);
      if (performance.now() > giveUpAt) throw new Error('waited in vain');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, 50);
        const waiters = this.#waiters;
        function done(): void {
          clearTimeout(timer);
          waiters.delete(done);
          resolve();
        }
        waiters.add(done);
      });
    }
  }

  async closed(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.isClosed) resolve();
      else this.socket.once('close', () => resolve());
    });
  }

  /** The code of the last close frame that it received, or null. */
  get closeCode(): number | null {
    const at = this.heard.lastIndexOf(0x88);
    return at < 0 || at + 4 > this.heard.length ? null : this.heard.readUInt16BE(at + 2);
  }

  destroy(): void {
    this.socket.destroy();
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}

export function upgradeRequest(path: string, protocol = ''): string {
  const offer = protocol === '' ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${offer}\r\n`
  );
}

/** Creates a client's frame (RFC 6455 section 5.2), masked with zeros, which is allowed. */
export function clientFrame(firstByte: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload);
  let head: Buffer;
  if (bytes.length < 126) head = Buffer.from([firstByte, 0x80 | bytes.length, 0, 0, 0, 0]);
  else if (bytes.length < 65_536) {
    head = Buffer.from([firstByte, 0xfe, bytes.length >> 8, bytes.length & 255, 0, 0, 0, 0]);
  } else {
    head = Buffer.alloc(14);
    head[0] = firstByte;
    head[1] = 0xff;
    head.writeBigUInt64BE(BigInt(bytes.length), 2);
  }
  return Buffer.concat([head, bytes]);
}

export const textFrame = (text: string): Buffer => clientFrame(0x81, text);
