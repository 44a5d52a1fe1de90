import { connect, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { AGENT_MESSAGES, LINES, SIMPLE_MESSAGES, UI_MESSAGES } from './fuzz-samples';

/** The most connections at a time. */
const AT_ONCE = 48;
/** A connection is finished when nothing has arrived for this long, ms. */
const QUIET_MS = 25;
const HEALTH_EVERY = 500;
const HEALTH_WITHIN_MS = 5_000;

export interface WireOptions {
  port: number;
  /** The cookie of a UI session, for `/ui`. */
  cookie: string;
  seed: number;
  cases: number;
  onProgress?: (done: number) => void;
}

/** Random numbers that are the same for the same seed, one stream per case. */
class Dice {
  #bytes: Buffer;
  #at = 0;
  #round = 0;
  readonly #name: string;

  constructor(seed: number, index: number) {
    this.#name = `${seed}.${index}`;
    this.#bytes = this.#next();
  }

  /** Returns an integer from 0 to `sides` - 1. */
  roll(sides: number): number {
    if (this.#at + 4 > this.#bytes.length) {
      this.#bytes = this.#next();
      this.#at = 0;
    }
    const value = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    return value % sides;
  }

  chance(percent: number): boolean {
    return this.roll(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.roll(from.length)];
    if (picked === undefined) throw new Error('there is nothing to pick from');
    return picked;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.roll(256)));
  }

  #next(): Buffer {
    return createHash('sha512').update(`${this.#name}.${this.#round++}`).digest();
  }
}

/**
 * Connects again and again and sends slightly wrong data: changed upgrade requests, frames and messages. Throws when
 * the hub no longer answers `/healthz`.
 */
export async function fuzzWire({ port, cookie, seed, cases, onProgress }: WireOptions): Promise<void> {
  let next = 0;
  let done = 0;
  async function work(): Promise<void> {
    while (next < cases) {
      const index = next++;
      await oneCase(port, cookie, new Dice(seed, index));
      if (++done % HEALTH_EVERY === 0) {
        await checkHealth(port);
        onProgress?.(done);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, cases) }, work));
  await checkHealth(port);
}

export async function checkHealth(port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`, {
    signal: AbortSignal.timeout(HEALTH_WITHIN_MS),
  });
  if (!answer.ok) throw new Error(`the hub is not well: ${answer.status}`);
}

function oneCase(port: number, cookie: string, dice: Dice): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    const end = (): void => {
      if (dice.chance(20)) socket.end();
      socket.destroy();
    };
    let timer = setTimeout(end, 1_000);
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(end, QUIET_MS);
    };
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    const path = dice.pick(['/agent', '/agent', '/', '/echo', '/echo/raw', '/ui', '/ui']);
    const request = upgradeRequest(dice, port, cookie, path);
    // Either everything is sent at once, or the frames only after the answer to the upgrade.
    const frames = Array.from({ length: 1 + dice.roll(12) }, (_, i) => frame(dice, path, i));
    const isTogether = dice.chance(20);
    if (isTogether) socket.write(Buffer.concat([request, ...frames]));
    else socket.write(request);
    let isAnswered = isTogether;
    socket.on('data', () => {
      if (!isAnswered) {
        isAnswered = true;
        if (dice.chance(30)) for (const one of frames) socket.write(one);
        else socket.write(Buffer.concat(frames));
      }
      wait();
    });
    if (isTogether || !dice.chance(90)) wait();
  });
}

function upgradeRequest(dice: Dice, port: number, cookie: string, path: string): Buffer {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  if (path === '/ui') lines.push(`Origin: http://127.0.0.1:${port}`, `Cookie: ${cookie}`);
  if (path === '/agent' && dice.chance(70)) lines.push('Sec-WebSocket-Protocol: wirewatch.v1');
  if (dice.chance(15)) lines.push('Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits');
  const whole = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return dice.chance(25) ? mutate(dice, whole) : whole;
}

function frame(dice: Dice, path: string, index: number): Buffer {
  const payload = message(dice, path, index);
  let first = dice.pick([0x81, 0x81, 0x81, 0x81, 0x82, 0x01, 0x00, 0x80, 0x89, 0x8a, 0x88]);
  if (index === 0 && dice.chance(80)) first = 0x81;
  if (dice.chance(5)) first = dice.roll(256);
  const isControl = (first & 8) !== 0;
  const body = isControl && dice.chance(90) ? payload.subarray(0, dice.roll(126)) : payload;
  const mask = dice.chance(50) ? Buffer.alloc(4) : dice.bytes(4);
  const masked = Buffer.from(body).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  const said = dice.chance(4) ? dice.pick([0, 1, 125, 126, 65_535, 65_536, 2 ** 31, 2 ** 40]) : body.length;
  const maskBit = dice.chance(3) ? 0 : 0x80;
  const head: number[] = [first];
  if (said < 126) head.push(maskBit | said);
  else if (said < 65_536) head.push(maskBit | 126, said >> 8, said & 255);
  else {
    const long = Buffer.alloc(8);
    long.writeBigUInt64BE(BigInt(said));
    head.push(maskBit | 127, ...long);
  }
  const whole = Buffer.concat([Buffer.from(head), mask, masked]);
  if (dice.chance(4)) return whole.subarray(0, dice.roll(whole.length + 1));
  return dice.chance(4) ? mutate(dice, whole) : whole;
}

function message(dice: Dice, path: string, index: number): Buffer {
  if (path === '/ui') return nearly(dice, dice.pick(UI_MESSAGES));
  if (path === '/agent' && index === 0 && dice.chance(85)) {
    // There are few ids, so that several connections share a device.
    return Buffer.from((AGENT_MESSAGES[0] ?? '').replace('fuzz-1', `fuzz-${dice.roll(40)}`));
  }
  return nearly(dice, dice.pick([...AGENT_MESSAGES, ...SIMPLE_MESSAGES, ...LINES]));
}

function nearly(dice: Dice, text: string): Buffer {
  const bytes = Buffer.from(text);
  return dice.chance(60) ? mutate(dice, bytes) : bytes;
}

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\0',
  '\r\n',
  '\r\n\r\n',
  '1e999',
  '-1',
  '9007199254740993',
  'null',
  '\ud800',
  '__proto__',
];

function mutate(dice: Dice, bytes: Buffer): Buffer {
  let now = bytes;
  for (let left = 1 + dice.roll(3); left > 0; left--) {
    const at = dice.roll(now.length + 1);
    const length = dice.roll(16);
    const before = now.subarray(0, at);
    const after = now.subarray(at + length);
    const part = now.subarray(at, at + length);
    const middle = [
      Buffer.alloc(0),
      dice.bytes(length),
      Buffer.from(dice.pick(PIECES)),
      Buffer.concat([part, part, part]),
      Buffer.concat([part, Buffer.from(dice.pick(PIECES))]),
    ][dice.roll(5)];
    now = Buffer.concat([before, middle ?? part, after]);
  }
  return now;
}
