import { FIRST_SEQ, readRecording, rowsTemplate, schemaMessage } from './messages';
import { RawSocket } from './raw-socket';

/**
 * `durable-load PORT RECORDING MESSAGES`: a hundred agents send that many `rows` messages of 50 metrics each, as fast as
 * acknowledgements let them; prints samples a second from the first byte to the last acknowledgement.
 */
const CONNECTIONS = 100;
const METRICS = 50;
const BATCH = 25;
/** Messages under way without an acknowledgement: what a queue would hold back. */
const WINDOW = 500;

const [portText = '', recordingPath = '', messagesText = ''] = process.argv.slice(2);
const messages = Number(messagesText);
const recording = readRecording(recordingPath, METRICS);
const templates = recording.rows.slice(0, 256).map((row) => rowsTemplate(row));

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
  socket.sendText(schemaMessage(recording));
  await socket.ping();
  return () => send(socket, index);
}

/** Sends everything; resolves when the last message is acknowledged. */
function send(socket: RawSocket, index: number): Promise<void> {
  const startedAt = Date.now() - messages * 100;
  let sent = 0;
  return new Promise((resolve) => {
    const fill = (acked: number): void => {
      while (sent < messages && sent - acked <= WINDOW - BATCH) {
        const parts = Array.from({ length: Math.min(BATCH, messages - sent) }, (_, i) => {
          const template = templates[(index * 7 + sent + i) % templates.length];
          if (!template) throw new Error('the recording is empty');
          const bytes = Buffer.from(template.bytes);
          template.patch(bytes, 0, FIRST_SEQ + sent + i, startedAt + (sent + i) * 100);
          return bytes;
        });
        sent += parts.length;
        socket.write(Buffer.concat(parts));
      }
    };
    socket.onText = (text) => {
      const match = /"type":"ack","seq":(\d+)/.exec(text);
      if (!match) return;
      const acked = Number(match[1]) - FIRST_SEQ + 1;
      if (acked >= messages) resolve();
      else fill(acked);
    };
    fill(0);
  });
}

const starts = await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => connect(i)));
const startedAt = performance.now();
await Promise.all(starts.map((start) => start()));
const seconds = (performance.now() - startedAt) / 1_000;
console.log(JSON.stringify({ samplesPerSec: (CONNECTIONS * METRICS * messages) / seconds, seconds }));
process.exit(0);
