import { WebSocket } from 'ws';

/** Longer than the hub waits for any silent client, ms. */
export const CLOSED_WITHIN_MS = 20_000;
const OUT_OF_THE_WAY = 1_000_000;

/** Limits that do not keep the fuzzer out, and short time-outs. */
export const FUZZ_LIMITS: Record<string, number> = {
  freeStrikes: OUT_OF_THE_WAY,
  requestsPerSec: OUT_OF_THE_WAY,
  unauthenticatedPerAddress: OUT_OF_THE_WAY,
  arrivals: OUT_OF_THE_WAY,
  codesPerAddress: OUT_OF_THE_WAY,
  codes: OUT_OF_THE_WAY,
  askersPerDevice: OUT_OF_THE_WAY,
  failuresPerAddress: OUT_OF_THE_WAY,
  messageTimeoutMs: 2_000,
  helloTimeoutMs: 2_000,
  upgradeTimeoutMs: 2_000,
};

/** Signs in as a UI on this machine. Returns the session's cookie. */
export async function signIn(port: number): Promise<string> {
  const origin = `http://127.0.0.1:${port}`;
  const headers = { 'Content-Type': 'application/json', Origin: origin };
  const answer = await fetch(`${origin}/ui/session`, { method: 'POST', headers, body: '{}' });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** Waits, for a bounded time, for agents' connections to end. Returns how many the hub still has. */
export async function openSessions(port: number, cookie: string): Promise<number> {
  const giveUpAt = Date.now() + CLOSED_WITHIN_MS;
  for (;;) {
    const open = await countSessions(port, cookie);
    if (open === 0 || Date.now() > giveUpAt) return open;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function countSessions(port: number, cookie: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const origin = `http://127.0.0.1:${port}`;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ui`, { origin, headers: { Cookie: cookie } });
    socket.on('open', () => socket.send('{"op":"subscribe","id":1,"topic":"sessions"}'));
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as {
        op: string;
        message?: { changed: { closedAt: number | null }[] };
      };
      if (message.op !== 'topic' || !message.message) return;
      socket.close();
      resolve(message.message.changed.filter(({ closedAt }) => closedAt === null).length);
    });
  });
}
