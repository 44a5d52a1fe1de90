import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { programSnippet, SIMPLE_MESSAGE } from '../../src/renderer/src/views/add-device/snippets';
import { newestValues } from '../fakes/push-client';
import { startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';
import { installNpm, installPyPi } from './packages';
import { describePeer, startPeer, type Peer } from './peer';
import { soFar } from './so-far';

const python = await installPyPi(['websockets==17.4']);
const wscat = await installNpm(['wscat@6.1.0']);
const microPython = await installNpm(['@micropython/micropython-webassembly-pyscript@1.27.0']);

let folder: string;
let web: RunningWeb;
let running: Peer | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wirewatch-clients-'));
  web = await startRunningWeb({}, { admit: 'open', tls: 'allow', dataDir: join(folder, 'hub') });
});
afterEach(async () => {
  await running?.stop();
  running = null;
});
afterAll(async () => {
  await web.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function run(command: string, args: string[]): Peer {
  return (running = startPeer(command, args));
}

/** Waits until the hub has a value for each of these series. */
async function values(device: string, ...series: string[]): Promise<Record<string, number | null>> {
  return eventually(
    () => soFar(newestValues(web.hub, device), {}),
    (all) => series.every((name) => typeof all[name] === 'number'),
  );
}

describePeer('Python with websockets', python.missing, () => {
  const command = join(python.folder, 'bin', 'python3');

  it('runs the example', async () => {
    run(command, ['examples/python/wirewatch_device.py', `ws://127.0.0.1:${web.port}`]);
    const { temp, hum, door } = await values('python-example', 'temp', 'hum', 'door', 'load.1m');
    expect(temp).toBeGreaterThan(18);
    expect(hum).toBeGreaterThan(39);
    expect([0, 1]).toContain(door);
  });

  it.each(['ws', 'wss'])('runs what the app shows, over %s', async (scheme) => {
    const { fingerprint } = web.hub.info().tls;
    const file = join(folder, `${scheme}.py`);
    const url = `${scheme}://127.0.0.1:${web.port}`;
    const snippet = programSnippet(url, 'python', scheme === 'wss' ? { fingerprint } : {});
    writeFileSync(file, snippet.replaceAll('"attic"', `"attic-${scheme}"`));
    run(command, [file]);
    expect(await values(`attic-${scheme}`, 'temp')).toEqual({ temp: 21.5 });
  });
});

describePeer('wscat', wscat.missing, () => {
  it.each(['ws', 'wss'])('sends what the app shows, over %s', async (scheme) => {
    const id = `wscat-${scheme}`;
    const message = SIMPLE_MESSAGE.replace('attic', id);
    const url = `${scheme}://127.0.0.1:${web.port}`;
    const args = ['--no-check', '--connect', url, '--execute', message, '--wait', '1'];
    run(process.execPath, [join(wscat.folder, 'node_modules/wscat/bin/wscat'), ...args]);
    expect(await values(id, 'temp')).toEqual({ temp: 21.5 });
  });
});

describePeer('MicroPython', microPython.missing, () => {
  it('sends JSON and prints what the hub says', async () => {
    const library = join(
      microPython.folder,
      'node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs',
    );
    const file = join(folder, 'micropython.mjs');
    writeFileSync(file, microPythonProgram(library, `ws://127.0.0.1:${web.port}`));
    const peer = run(process.execPath, [file]);
    expect(await values('micropython', 'temp', 'free.heap')).toMatchObject({ temp: 21.5 });
    expect(peer.output).not.toContain('Error');
  });
});

/** MicroPython's own `json` makes the messages; as WebAssembly, it uses its host's WebSocket. */
function microPythonProgram(library: string, url: string): string {
  const python = `
import gc, json, js
hub = js.WebSocket.new("${url}")
def send(event):
    hub.send(json.dumps({"id": "micropython", "temp": 21.5, "free": {"heap": gc.mem_free()}, "fan": False, "door": None}))
hub.onopen = send
hub.onmessage = lambda event: print("hub:", event.data)
`;
  return `import { loadMicroPython } from ${JSON.stringify(library)};
const micropython = await loadMicroPython();
micropython.runPython(${JSON.stringify(python)});
setInterval(() => {}, 1_000);
`;
}
