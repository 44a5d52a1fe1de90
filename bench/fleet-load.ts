import { WebSocket } from 'ws';
import { readRecording } from './messages';

/** `fleet-load PORT AGENTS SECONDS RECORDING`: agents that each send one row of 50 metrics a second, spread evenly. */
const METRICS = 50;
const [port = '', agentsText = '', seconds = '', recordingPath = ''] = process.argv.slice(2);
const agents = Number(agentsText);
const recording = readRecording(recordingPath, METRICS);
const schema = JSON.stringify({ type: 'schema', version: 1, series: recording.names });

function start(index: number): void {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/agent`, ['wirewatch.v1'], {
    perMessageDeflate: false,
  });
  let seq = 0;
  let at = index * 7;
  socket.on('open', () => {
    socket.send(
      JSON.stringify({
        type: 'hello',
        device: { id: `fleet-${index}`, name: `fleet ${index}`, kind: 'computer' },
        agent: 'wirewatch-bench',
        now: Date.now(),
        stream: `fleet-${process.pid}-${index}`,
      }),
    );
    socket.send(schema);
    setInterval(() => {
      const values = recording.rows[at++ % recording.rows.length] ?? [];
      socket.send(`{"type":"rows","seq":${++seq},"schema":1,"rows":[[${Date.now()},${values.join()}]]}`);
    }, 1_000);
  });
  socket.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
}

for (let i = 0; i < agents; i++) setTimeout(() => start(i), (i * 1_000 * 3) / agents);
setTimeout(
  () => {
    console.log('{}');
    process.exit(0);
  },
  Number(seconds) * 1_000,
);
