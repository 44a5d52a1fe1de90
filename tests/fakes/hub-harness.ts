import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { HubMessage, UiMessage } from '@shared/bridge/messages';
import { createHubClient } from '@shared/bridge/client';
import { FaultError } from '@shared/errors';
import type { HubApi } from '@shared/hub-api';
import { isRecord } from '@shared/protocol/parse';
import { createHub } from '../../src/main/hub/hub';
import type { CommandHandlers, Hub, HubOptions, OuterHandlers } from '../../src/main/hub/hub-contract';
import { PATIENCE_MS } from '../patience';

export interface TestHub {
  hub: Hub;
  url: string;
  api: HubApi;
  dispose(): Promise<void>;
}

/** Starts a real hub on a free loopback port, with the same `HubApi` that UIs get, over an in-process link. */
export async function startHub(options: Partial<HubOptions> = {}): Promise<TestHub> {
  const hub = createHub({
    dataDir: null,
    host: '127.0.0.1',
    port: 0,
    version: '0.0.0-test',
    runtime: 'test',
    ...options,
  });
  const started = await hub.start();
  if (!started.ok) throw new Error(started.error.message);
  const api = connectApi(hub);
  await new Promise((resolve) => setImmediate(resolve));
  return {
    hub,
    url: `ws://127.0.0.1:${started.value.port}`,
    api,
    dispose: () => hub.dispose(),
  };
}

export function connectApi(hub: Hub): HubApi {
  let receive: (message: UiMessage) => void = () => {};
  return createHubClient({
    send: (message) => queueMicrotask(() => receive(structuredClone(message))),
    start(onMessage, onState) {
      queueMicrotask(() => {
        const connection = hub.connectUi((message: HubMessage) => onMessage(structuredClone(message)), {
          from: 'test',
          role: 'admin',
        });
        receive = (message) => connection.receive(message);
        onState('open');
      });
    },
  });
}

/** Returns handlers for the commands of the browser-serving layer, of which a test implements only some. */
export function outerHandlers(some: Partial<OuterHandlers>): OuterHandlers {
  const absent = () => Promise.reject(new FaultError('ABSENT', 'This test does without.'));
  return { createUiLink: absent, listBrowsers: absent, revokeBrowser: absent, ...some };
}

/** Creates a `listBrowsers` that runs until it is cancelled. */
export function endlessCommand(onAbort: () => void): CommandHandlers<'listBrowsers'>['listBrowsers'] {
  return (_params, _caller, signal) =>
    new Promise((resolve) => {
      signal?.addEventListener('abort', () => {
        onAbort();
        resolve([]);
      });
    });
}

export type Json = Record<string, unknown>;

/** A WebSocket client that records messages and can wait for new ones. */
export class TestClient {
  readonly socket: WebSocket;
  readonly heard: string[] = [];
  closed: { code: number; reason: string } | null = null;
  #waiters: (() => void)[] = [];

  constructor(url: string, protocols: string[] = [], options: ClientOptions = {}) {
    this.socket = new WebSocket(url, protocols, options);
    this.socket.on('message', (data) => {
      this.heard.push((data as Buffer).toString());
      this.#wake();
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#wake();
    });
    this.socket.on('error', () => {});
  }

  static async open(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<TestClient> {
    const client = new TestClient(url, protocols, options);
    await once(client.socket, 'open');
    return client;
  }

  send(message: Json | string | Buffer): void {
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    this.socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** Resolves with the first message of a type, received already or later. */
  message(type: string, from = 0): Promise<Json> {
    return this.#until(() => {
      for (const text of this.heard.slice(from)) {
        const json = tryJson(text);
        if (json?.['type'] === type) return json;
      }
      return undefined;
    }, `a message of type "${type}"`);
  }

  text(): Promise<string> {
    return this.#until(() => this.heard[0], 'any text');
  }

  close(): Promise<{ code: number; reason: string }> {
    return this.#until(() => this.closed ?? undefined, 'the close');
  }

  end(): void {
    this.socket.close(1000);
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  async #until<T>(look: () => T | undefined, what: string): Promise<T> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (performance.now() > giveUpAt) {
        throw new Error(`waited in vain for ${what}; heard: ${this.heard.slice(-5).join(' | ')}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}

export function tryJson(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

export function hello(id: string, extra: Json = {}): Json {
  return {
    type: 'hello',
    device: { id, name: id, kind: 'computer' },
    agent: 'test/1.0',
    now: Date.now(),
    stream: `stream-${id}`,
    ...extra,
  };
}
