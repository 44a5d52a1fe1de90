import { FIRST_SEQ, readRecording, rowsTemplate, schemaMessage } from './messages';
import { RawSocket } from './raw-socket';

/**
 * `durable-load PORT RECORDING MESSAGES`: a hundred agents send that many `rows` messages of 50 metrics each, as fast as
 * the hub takes them; prints samples a second from the first byte to the last acknowledgement.
 */
const CONNECTIONS = 100;
const METRICS = 50;
const BATCH = 100;
/** The most unacknowledged messages. When the hub makes agents wait, TCP holds them back before this limit. */
const WINDOW = 2_000;
/** The rows are from the last fifteen minutes, so that both stores accept all of them. */
const SPAN_MS = 900_000;

const [portText = '', recordingPath = '', messagesText = ''] = process.argv.slice(2);
const messages = Number(messagesText);
const stepMs = Math.max(1, Math.floor(SPAN_MS / messages));
const firstTime = Date.now() - messages * stepMs;
const recording = readRecording(recordingPath, METRICS);
const templates = recording.rows.slice(0, 256).map((row) => rowsTemplate(row));
const longest = Math.max(...templates.map(({ bytes }) => bytes.length));

async function connect(index: number): Promise<() => Promise<void>> {
  const socket = await RawSocket.open(Number(portText), '/agent', 'wirewatch.v1');
  socket.sendText(
    JSON.stringify({
      type: 'hello',
      device: { id: `durable-${index}`, name: `durable ${index}`, kind: 'computer' },
      agent: 'wirewatch-bench',
      stream: `durable-${process.pid}-${index}`,
    }),
  );
  socket.onClose = (code) => {
    console.error(`durable-load: the hub closed connection ${index} (${code ?? 'without a code'})`);
    process.exit(1);
  };
  socket.sendText(schemaMessage(recording));
  // Series are created once in a device's life, so the clock starts after that.
  await send(socket, index, 0, 1);
  return () => send(socket, index, 1, messages);
}

/** Sends messages `from` to `to`; resolves when the last is acknowledged. */
function send(socket: RawSocket, index: number, from: number, to: number): Promise<void> {
  let sent = from;
  return new Promise((resolve) => {
    const fill = (acked: number): void => {
      while (sent < to && sent - acked <= WINDOW - BATCH) {
        const end = Math.min(to, sent + BATCH);
        const frames = Buffer.allocUnsafe((end - sent) * longest);
        let at = 0;
        for (; sent < end; sent++) {
          const template = templates[(index * 7 + sent) % templates.length];
          if (!template) throw new Error('the recording is empty');
          frames.set(template.bytes, at);
          template.patch(frames, at, FIRST_SEQ + sent, firstTime + sent * stepMs);
          at += template.bytes.length;
        }
        socket.write(frames.subarray(0, at));
      }
    };
    socket.onText = (text) => {
      const match = /"type":"ack","seq":(\d+)/.exec(text);
      if (!match) return;
      const acked = Number(match[1]) - FIRST_SEQ + 1;
      if (acked >= to) resolve();
      else fill(acked);
    };
    fill(from);
  });
}

const starts = await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => connect(i)));
const startedAt = performance.now();
await Promise.all(starts.map((start) => start()));
const seconds = (performance.now() - startedAt) / 1_000;
console.log(JSON.stringify({ samplesPerSec: (CONNECTIONS * METRICS * (messages - 1)) / seconds, seconds }));
process.exit(0);
