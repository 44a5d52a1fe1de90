import { FIRST_SEQ, metricsTemplate, readRecording, rowsTemplate, schemaMessage } from './messages';
import { RawSocket } from './raw-socket';

/**
 * The client load, in its own process: `ingest-load PORT bare|hub rows|metrics RECORDING SECONDS`. Every connection
 * keeps two batches in flight, so the server is never idle; prints `{"samplesPerSec"}`.
 */
const CONNECTIONS = 100;
const METRICS = 50;
const BATCH = 32;
const WARM_UP_MS = 700;

const [portText = '', target = '', kind = '', recordingPath = '', seconds = ''] = process.argv.slice(2);
const port = Number(portText);
const recording = readRecording(recordingPath, METRICS);
const templates = recording.rows
  .slice(0, 256)
  .map((row) => (kind === 'rows' ? rowsTemplate(row) : metricsTemplate(recording, row)));

let taken = 0;
let isRunning = true;

async function run(index: number): Promise<void> {
  const socket = await RawSocket.open(port, '/agent', 'wirewatch.v1');
  socket.sendText(
    JSON.stringify({
      type: 'hello',
      device: { id: `bench-${kind}-${process.pid}-${index}`, name: `bench ${index}`, kind: 'computer' },
      agent: 'wirewatch-bench',
      stream: `bench-${process.pid}-${index}`,
    }),
  );
  socket.sendText(schemaMessage(recording));
  await socket.ping();
  let next = index * 7;
  let seq = FIRST_SEQ;
  // A batch is the same frames every time, with sequence numbers and times patched in.
  const parts = Array.from({ length: BATCH }, () => {
    const template = templates[next++ % templates.length];
    if (!template) throw new Error('the recording is empty');
    return template;
  });
  const offsets: number[] = [];
  let size = 0;
  for (const part of parts) {
    offsets.push(size);
    size += part.bytes.length;
  }
  const underWay: Promise<void>[] = [];
  const startedAt = Date.now();
  while (isRunning) {
    const batch = Buffer.concat(
      parts.map((part) => part.bytes),
      size,
    );
    for (const [i, part] of parts.entries()) {
      seq++;
      part.patch(batch, offsets[i] ?? 0, seq, startedAt + (seq - FIRST_SEQ));
    }
    socket.write(batch);
    underWay.push(socket.ping().then(() => void (taken += BATCH * METRICS)));
    if (underWay.length >= 2) await underWay.shift();
  }
  socket.destroy();
}

const runs = Array.from({ length: CONNECTIONS }, (_, i) => run(i));
Promise.all(runs).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
setTimeout(() => {
  const before = taken;
  const startedAt = performance.now();
  setTimeout(
    () => {
      const samplesPerSec = ((taken - before) * 1_000) / (performance.now() - startedAt);
      isRunning = false;
      console.log(JSON.stringify({ target, kind, samplesPerSec }));
      process.exit(0);
    },
    Number(seconds) * 1_000,
  );
}, WARM_UP_MS);
