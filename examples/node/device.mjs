// A program in Node that speaks the whole protocol in its smallest form: hello, schema, rows that are confirmed.
//
//     npm install ws
//     node device.mjs ws://192.168.1.20:7411
//
// Without the subprotocol and the hello it would be a simple device and could send {"temp": 21.5} right away; with
// them the hub knows it by its id, tells it how often to sample, and confirms what it stored.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { WebSocket } from 'ws';

const url = new URL('/agent', process.argv[2] ?? 'ws://127.0.0.1:7411');

// A device is its id: keep it, or the hub sees a new device at each start.
const idFile = new URL('.wirewatch-id', import.meta.url);
if (!existsSync(idFile)) writeFileSync(idFile, randomUUID());
const id = readFileSync(idFile, 'utf8').trim();

// Approved once, it gets a key. From then on nobody is this device without it, not even this program. A hub is known
// by its address here, so that no other one is shown its key.
const keyFile = new URL(`.wirewatch-key-${url.host.replaceAll(':', '-')}`, import.meta.url);

const stream = randomUUID();
const series = [
  { name: 'process.memory.usage', unit: 'By', kind: 'gauge' },
  { name: 'process.uptime', unit: 's', kind: 'gauge' },
  { name: 'dice', unit: '', kind: 'gauge', title: 'Dice', min: 1, max: 6 },
];

/** Rows that the hub has not confirmed yet, oldest first; five minutes at one a second, then the oldest go. */
const unconfirmed = [];
let seq = 0;
let wait = 1_000;
let stopping = false;

function connect() {
  const hub = new WebSocket(url, 'wirewatch.v1', { handshakeTimeout: 10_000 });
  const send = (message) => hub.send(JSON.stringify(message));
  let timer;
  let approved = false;

  process.removeAllListeners('SIGINT').once('SIGINT', () => {
    stopping = true;
    hub.close(1001, 'the program ends');
  });

  function sendRow({ seq, row }) {
    send({ type: 'rows', seq, schema: 1, rows: [row] });
  }

  function sample() {
    const row = [Date.now(), process.memoryUsage().rss, process.uptime(), 1 + Math.floor(Math.random() * 6)];
    const entry = { seq: ++seq, row };
    unconfirmed.push(entry);
    if (unconfirmed.length > 300) unconfirmed.shift();
    if (approved) sendRow(entry);
  }

  function approve() {
    if (approved) return;
    approved = true;
    send({ type: 'schema', version: 1, series });
    unconfirmed.forEach(sendRow);
  }

  function sampleEvery(intervalMs) {
    clearInterval(timer);
    timer = setInterval(sample, intervalMs);
  }

  hub.on('open', () => {
    send({
      type: 'hello',
      device: { id, name: 'node-example', kind: 'program' },
      agent: 'node-example/1',
      ...(existsSync(keyFile) && { key: readFileSync(keyFile, 'utf8').trim() }),
      now: Date.now(),
      stream,
    });
  });
  hub.on('message', (data) => {
    const message = JSON.parse(data);
    if (message.type === 'welcome') {
      console.log(`connected to ${url}, ${message.state}`);
      wait = 1_000;
      sampleEvery(message.intervalMs);
      if (message.state === 'approved') approve();
    } else if (message.type === 'admission') {
      const { state, code, key } = message;
      console.log(code ? `${state}: compare ${code} with Wirewatch` : state);
      if (key) writeFileSync(keyFile, key, { mode: 0o600 });
      if (message.state === 'approved') approve();
    } else if (message.type === 'ack') {
      while (unconfirmed[0]?.seq <= message.seq) unconfirmed.shift();
    } else if (message.type === 'configure') {
      sampleEvery(message.intervalMs);
    } else if (message.type === 'request') {
      send({
        type: 'result',
        id: message.id,
        error: { code: 'METHOD_NOT_FOUND', message: 'Nothing to ask here.' },
      });
    } else if (message.type === 'notice' || message.type === 'error') {
      console.log(`hub: ${message.message}`);
    }
  });
  hub.on('error', (error) => console.log(error.message));
  hub.on('close', (code) => {
    clearInterval(timer);
    if (stopping) process.exit();
    // 1008: rejected; 4001: key not accepted; 4004: another connection took over; 4005: removed. All ask for patience.
    const isRefused = [1008, 4001, 4004, 4005].includes(code);
    const delay = isRefused ? 60_000 : Math.random() * wait;
    wait = Math.min(30_000, wait * 2);
    console.log(`closed with ${code}, trying again in ${Math.ceil(delay / 1_000)} s`);
    setTimeout(connect, delay);
  });
}

connect();
