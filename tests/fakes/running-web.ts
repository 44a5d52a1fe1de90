import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHub } from '../../src/main/hub/hub';
import type { Caller, Hub, HubOptions } from '../../src/main/hub/hub-contract';
import { setupWeb, type Web, type WebOptions } from '../../src/main/web/web';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  bytes: Buffer;
  json(): unknown;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** The address to connect to; loopback by default. */
  host?: string;
}

export interface RunningWeb {
  hub: Hub;
  web: Web;
  port: number;
  /** Sends exactly this target, including dot segments, which `fetch` would resolve. */
  ask(target: string, options?: Ask): Promise<Answer>;
  /** Signs in from this machine; returns the session's cookie as a `Cookie` header. */
  signIn(): Promise<string>;
  dispose(): Promise<void>;
}

/** A caller like the desktop app. */
export const ADMIN: Caller = { from: 'test', role: 'admin' };

/** Large enough to be worth compressing. */
export const LARGE_SCRIPT = '// wirewatch\n'.repeat(1_000);
export const INDEX_HTML = '<!doctype html><title>Wirewatch</title>';

/** Starts a real hub on a free port, with the real web server and a small made-up UI build. */
export async function startRunningWeb(
  options: Partial<WebOptions> = {},
  hubOptions: Partial<HubOptions> = {},
): Promise<RunningWeb> {
  const root = mkdtempSync(join(tmpdir(), 'wirewatch-web-'));
  const rendererDir = join(root, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), INDEX_HTML);
  writeFileSync(join(rendererDir, 'assets', 'index-AbCd1234.js'), 'export {};');
  writeFileSync(join(rendererDir, 'assets', 'large-AbCd1234.js'), LARGE_SCRIPT);
  writeFileSync(join(rendererDir, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(root, 'secret.txt'), 'nobody may read this');
  writeFileSync(join(root, 'agent.mjs'), '// agent');

  const hub = createHub({
    dataDir: null,
    host: '127.0.0.1',
    port: 0,
    version: '1.2.3',
    runtime: 'node test',
    ...hubOptions,
  });
  const web = setupWeb(hub, {
    host: hubOptions.host ?? '127.0.0.1',
    rendererDir,
    agentFile: join(root, 'agent.mjs'),
    ...options,
  });
  const started = await hub.start();
  if (!started.ok) throw new Error(started.error.message);
  const { port } = started.value;

  const ask = (target: string, { method = 'GET', headers = {}, body, host }: Ask = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request(
        { host: host ?? '127.0.0.1', port, path: target, method, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const bytes = Buffer.concat(chunks);
            const text = bytes.toString('utf8');
            resolve({
              bytes,
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: text,
              json: () => JSON.parse(text) as unknown,
            });
          });
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });

  return {
    hub,
    web,
    port,
    ask,
    async signIn() {
      const answer = await ask('/ui/session', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{}',
      });
      const [cookie = ''] = answer.headers['set-cookie'] ?? [];
      return cookie.split(';')[0] ?? '';
    },
    async dispose() {
      await web.dispose();
      await hub.dispose();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
