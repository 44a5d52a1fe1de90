import { RawSocket } from './raw-socket';

/**
 * `stress-agents PORT AGENTS RATE [TOKEN]`: honest agents that each send RATE rows a second, numbered by their first
 * value, until standard input ends. Then prints as JSON how many rows each sent, how many connections broke, which rows
 * were never acknowledged, and how long acknowledgements took. TOKEN is a join token.
 */
const [port = '', agentsText = '', rateText = '', token] = process.argv.slice(2);
const agents = Number(agentsText);
const everyMs = 1_000 / Number(rateText);
const ACKED_WITHIN_MS = 5_000;

interface Agent {
  sent: number;
  acked: number;
  /** When each row was sent that is not acknowledged, monotonic ms, the oldest first. */
  sentAt: number[];
  timer: NodeJS.Timeout;
}

const all: Agent[] = [];
let broken = 0;
const ackMs: number[] = [];

async function start(index: number): Promise<void> {
  const socket = await RawSocket.open(Number(port), '/agent', 'wirewatch.v1');
  const id = `honest-${index}`;
  socket.sendText(
    JSON.stringify({
      type: 'hello',
      device: { id, name: id, kind: 'computer' },
      agent: 'wirewatch-stress',
      now: Date.now(),
      stream: `${id}-${process.pid}`,
      ...(token !== undefined && { token }),
    }),
  );
  socket.sendText(
    JSON.stringify({ type: 'schema', version: 1, series: [{ name: 'number' }, { name: 'other' }] }),
  );
  const agent: Agent = { sent: 0, acked: 0, sentAt: [], timer: setInterval(send, everyMs) };
  all.push(agent);
  socket.onText = (text) => {
    const ack = /^\{"type":"ack","seq":(\d+)/.exec(text);
    if (!ack) return;
    const seq = Number(ack[1]);
    const now = performance.now();
    for (const at of agent.sentAt.splice(0, seq - agent.acked)) ackMs.push(now - at);
    agent.acked = seq;
  };
  socket.onClose = () => {
    broken++;
    clearInterval(agent.timer);
  };
  function send(): void {
    const seq = ++agent.sent;
    agent.sentAt.push(performance.now());
    socket.sendText(`{"type":"rows","seq":${seq},"schema":1,"rows":[[${Date.now()},${seq},0.5]]}`);
  }
}

for (let i = 0; i < agents; i++) await start(i);
process.stdout.write('{"event":"ready"}\n');
process.stdin.resume();
await new Promise((resolve) => process.stdin.once('end', resolve));
for (const { timer } of all) clearInterval(timer);
const giveUpAt = Date.now() + ACKED_WITHIN_MS;
while (all.some(({ sent, acked }) => acked < sent) && Date.now() < giveUpAt) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
ackMs.sort((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({
    broken,
    ackP99Ms: Math.round(ackMs[Math.floor(ackMs.length * 0.99)] ?? Number.NaN),
    ackMaxMs: Math.round(ackMs.at(-1) ?? Number.NaN),
    sent: all.map(({ sent }) => sent),
    unacknowledged: all.reduce((sum, { sent, acked }) => sum + sent - acked, 0),
  })}\n`,
);
process.exit(0);
