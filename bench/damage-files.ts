import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { damageFile, randomFrom, type Damage } from './damage-kinds';
import { startHub, type Server } from './programs';
import { RawSocket } from './raw-socket';
import { connectUi } from './ui-client';

/** What a data folder holds besides history, as a UI, a device and an agent see it. */
interface Seen {
  settings: string;
  boards: string[];
  approved: string[];
  /** Devices that are let in with their keys. */
  comeIn: string[];
  tokens: string[];
  audit: string[];
  /** The public key of the certificate. */
  tlsKey: string;
}

const DEVICES = ['with-token', 'waiting'];
const SETTLE_MS = 1_500;

/**
 * A data folder whose small files are damaged one at a time, while nothing runs on it. Each trial starts the built hub on
 * the damaged folder: it starts, approves nobody new, and shows everything as it was, or says what is not.
 */
export class KnownFolder {
  readonly #folder: string;
  readonly #truth: Seen;
  readonly #keys: ReadonlyMap<string, string>;
  readonly files: readonly string[];

  private constructor(folder: string, truth: Seen, keys: ReadonlyMap<string, string>, files: string[]) {
    this.#folder = folder;
    this.#truth = truth;
    this.#keys = keys;
    this.files = files;
  }

  static async build(folder: string): Promise<KnownFolder> {
    const dir = join(folder, 'files');
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const keys = new Map<string, string>();
    const hub = await start(dir);
    const ui = await connectUi(hub.port);
    await ui.api.call('updateSettings', { theme: 'dark', intervalMs: 2_000 });
    for (const name of ['one', 'two']) {
      const board = { id: name, name, range: '1h' as const, panels: [] };
      await ui.api.call('saveBoard', { board, revision: null });
    }
    const token = { name: 'shelf', lifetimeMs: 3_600_000, maxUses: 5 };
    const { secret } = await ui.api.call('createJoinToken', token);
    for (const id of DEVICES) {
      const key = await joinAs(hub.port, id, id === 'with-token' ? { token: secret } : {});
      if (key !== null) keys.set(id, key);
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    ui.close();
    await hub.stop();
    const again = await start(dir);
    const truth = await look(again, keys);
    await again.stop();
    const isKnown = truth.comeIn.length === 1 && truth.approved.length === 1 && truth.boards.length === 2;
    if (!isKnown || truth.tokens.length !== 1 || truth.audit.length === 0 || truth.tlsKey === '') {
      throw new Error(`the known folder is not what it should be: ${JSON.stringify(truth)}`);
    }
    return new KnownFolder(dir, truth, keys, smallFiles(dir));
  }

  /** One trial. Returns what was wrong; empty when nothing was. */
  async trial(seed: number, kind: Damage['kind'], file: string): Promise<string[]> {
    const dir = `${this.#folder}-${seed}`;
    cpSync(this.#folder, dir, { recursive: true, preserveTimestamps: true });
    const { from } = damageFile(join(dir, file), kind, randomFrom(seed));
    const wrong: string[] = [];
    try {
      const hub = await start(dir);
      try {
        wrong.push(...this.#compare(await look(hub, this.#keys), hub.errors(), file));
      } finally {
        await hub.stop();
      }
    } catch (error) {
      wrong.push(`it did not work: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
    return wrong.map((one) => `${file}, ${kind} at ${from}: ${one}`);
  }

  #compare(seen: Seen, log: string, file: string): string[] {
    const truth = this.#truth;
    const wrong: string[] = [];
    const name = file.split('/').at(-1) ?? file;
    const isTold = log.includes(name);
    const lost = (what: string): void => {
      if (!isTold) wrong.push(`${what}, and the log does not name ${name}`);
    };
    const without = (all: readonly string[], known: readonly string[]): string[] =>
      all.filter((one) => !known.includes(one));
    const invented = (what: string, list: readonly string[], known: readonly string[]): void => {
      for (const one of without(list, known)) wrong.push(`${what} ${one} was never there`);
      if (without(known, list).length > 0) lost(`a ${what} is lost`);
    };
    if (seen.settings !== truth.settings) lost(`the settings are ${seen.settings}`);
    if (seen.settings !== truth.settings && !seen.settings.startsWith('system 1000')) {
      wrong.push(`the settings are ${seen.settings}, which they never were`);
    }
    invented('board', seen.boards, truth.boards);
    invented('approved device', seen.approved, truth.approved);
    invented('device with its key', seen.comeIn, truth.comeIn);
    invented('token', seen.tokens, truth.tokens);
    invented('entry of the audit log', seen.audit, truth.audit);
    if (seen.tlsKey !== truth.tlsKey) lost('the hub has another key');
    return wrong;
  }
}

interface RunningHub extends Server {
  errors(): string;
}

async function start(dir: string): Promise<RunningHub> {
  const options = ['--admit', 'ask', '--data-dir', dir, '--log-level', 'warn'];
  const hub = await startHub({}, false, 'sqlite', ['pipe', 'warn'], options);
  let errors = '';
  hub.process.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  return { ...hub, errors: () => errors };
}

async function look(hub: Server, keys: ReadonlyMap<string, string>): Promise<Seen> {
  const ui = await connectUi(hub.port);
  try {
    const comeIn: string[] = [];
    for (const [id, key] of keys) if (await isLetIn(hub.port, id, key)) comeIn.push(id);
    const settings = await ui.api.call('getSettings', {});
    const boards = await ui.api.call('listBoards', {});
    const devices = await ui.api.call('listDevices', {});
    const tokens = await ui.api.call('listJoinTokens', {});
    const entries = await ui.api.call('listAudit', {});
    const approved = devices.filter(({ approval }) => approval === 'approved');
    return {
      settings: `${settings.theme} ${settings.intervalMs}`,
      boards: boards.map(({ id, name, revision }) => `${id} ${name} ${revision}`),
      approved: approved.map(({ id }) => id),
      comeIn,
      tokens: tokens.map(({ name, uses }) => `${name} ${uses}`),
      audit: entries.map(({ at, action, text }) => `${at} ${action} ${text}`),
      tlsKey: await keyOf(hub.port),
    };
  } finally {
    ui.close();
  }
}

/** Says hello as a device and disconnects; returns the key that the hub gives it, or null. */
async function joinAs(
  port: number,
  id: string,
  shown: { token?: string; key?: string },
): Promise<string | null> {
  const { key } = await hello(port, id, shown);
  return key;
}

async function isLetIn(port: number, id: string, key: string): Promise<boolean> {
  return (await hello(port, id, { key })).isApproved;
}

async function hello(
  port: number,
  id: string,
  shown: { token?: string; key?: string },
): Promise<{ isApproved: boolean; key: string | null }> {
  const socket = await RawSocket.open(port, '/agent', 'wirewatch.v1');
  let isApproved = false;
  let key: string | null = null;
  const answered = new Promise<void>((resolve) => {
    socket.onClose = () => resolve();
    socket.onText = (text) => {
      const message = JSON.parse(text) as { type: string; state?: string; key?: string };
      if (message.type !== 'welcome' && message.type !== 'admission') return;
      isApproved ||= message.state === 'approved';
      key ??= message.key ?? null;
      const isWaitingForKey = shown.token !== undefined && key === null;
      if (!isWaitingForKey) resolve();
    };
  });
  const device = { id, name: id, kind: 'board' };
  socket.sendText(JSON.stringify({ type: 'hello', device, agent: 'damage', now: Date.now(), ...shown }));
  await answered;
  // The hub believes that a key has arrived once the device goes on after it.
  socket.sendText(JSON.stringify({ type: 'metrics', values: { m: 1 } }));
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  return { isApproved, key };
}

/** The public key that the hub shows over TLS. */
function keyOf(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().pubkey?.toString('base64') ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

/** The files of a data folder, but for history and what is empty. */
function smallFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('history.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size > 0)
    .map((path) => relative(dir, path));
}
