import { WebSocket } from 'ws';

/** Longer than any patience of the hub with who says nothing, ms. */
export const CLOSED_WITHIN_MS = 20_000;
const OUT_OF_THE_WAY = 1_000_000;

/** What would only keep the fuzzing out instead of being fuzzed. */
export const FUZZ_LIMITS: Record<string, number> = {
  freeStrikes: OUT_OF_THE_WAY,
  requestsPerSec: OUT_OF_THE_WAY,
  unauthenticatedPerAddress: OUT_OF_THE_WAY,
  arrivals: OUT_OF_THE_WAY,
  codesPerAddress: OUT_OF_THE_WAY,
  failuresPerAddress: OUT_OF_THE_WAY,
  messageTimeoutMs: 2_000,
  helloTimeoutMs: 2_000,
  upgradeTimeoutMs: 2_000,
};

/** The cookie of a new UI session of this machine. */
export async function signIn(port: number): Promise<string> {
  const origin = `http://127.0.0.1:${port}`;
  const headers = { 'Content-Type': 'application/json', Origin: origin };
  const answer = await fetch(`${origin}/ui/session`, { method: 'POST', headers, body: '{}' });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** How many agents' connections the hub still has; waits for them to end, within bounds. */
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
