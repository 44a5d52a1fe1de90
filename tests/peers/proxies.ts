import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../patience';
import { installDebian } from './debian';
import type { OwnAuthority } from './own-authority';
import { freePort, startPeer } from './peer';

/** The configuration of a proxy in front of the hub. */
export interface Setup {
  hubPort: number;
  /** Whether the hub is below the documented path instead of the root. */
  isBelowPath: boolean;
  /** The authority for TLS that ends at the proxy; null without TLS. */
  tls: OwnAuthority | null;
  /** Whether to leave out the lines that lengthen the proxy's timeouts. */
  hasDefaultTimeouts?: boolean;
}

export interface Proxy {
  /** The hub's address behind the proxy, `https://127.0.0.1:1234/mon/`, with a slash at the end. */
  url: string;
  /** The same address for WebSocket. */
  wsUrl: string;
  dispose(): Promise<void>;
}

export type ProxyName = 'nginx' | 'Caddy';

const DOCS = readFileSync('docs/behind-a-proxy.md', 'utf8');
const HUB = '127.0.0.1:7411';
const PATH = '/mon/';

/** Returns Installs a proxy if it is missing and this process may; resolves with why it is still missing, or null. */
export function missingProxy(name: ProxyName): Promise<string | null> {
  return installDebian([name.toLowerCase()]);
}

/** Returns the arguments of `wirewatch serve` in the documentation, with this token. */
export function documentedServeArgs(uiToken: string): string[] {
  const [, words = ''] = /^wirewatch serve (.*)$/m.exec(DOCS) ?? [];
  if (!words.includes('"$WIREWATCH_UI_TOKEN"')) throw new Error('The page shows no way to start the hub.');
  return words.split(' ').map((word) => (word === '"$WIREWATCH_UI_TOKEN"' ? uiToken : word));
}

/** Starts a proxy with the documented configuration, with replaced addresses, in a temporary folder. */
export async function startProxy(name: ProxyName, setup: Setup): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-proxy-'));
  const port = await freePort();
  const file = join(folder, 'config');
  writeFileSync(file, name === 'nginx' ? nginxConfig(folder, port, setup) : caddyConfig(port, setup));
  const peer =
    name === 'nginx'
      ? startPeer('nginx', ['-c', file, '-e', join(folder, 'error')])
      : startPeer('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], {
          env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
        });
  const dispose = async (): Promise<void> => {
    await peer.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(() => accepts(port));
  } catch (error) {
    await dispose();
    throw new Error(`${name} did not start: ${peer.output.slice(-2_000)}`, { cause: error });
  }
  const at = `${setup.tls ? 's' : ''}://127.0.0.1:${port}${setup.isBelowPath ? PATH : '/'}`;
  return { url: `http${at}`, wsUrl: `ws${at}`, dispose };
}

function nginxConfig(folder: string, port: number, { hubPort, isBelowPath, tls, ...setup }: Setup): string {
  let recipe = block('nginx').replace(HUB, `127.0.0.1:${hubPort}`);
  if (!isBelowPath) {
    documented('Without a path use `location /` and `proxy_pass http://127.0.0.1:7411;`.');
    recipe = recipe.replace(`location ${PATH} `, 'location / ').replace(`:${hubPort}/;`, `:${hubPort};`);
  }
  if (setup.hasDefaultTimeouts) recipe = recipe.replace(/^ *proxy_(read|send)_timeout .*$/gm, '');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const certificate = tls ? `ssl_certificate ${tls.certFile}; ssl_certificate_key ${tls.keyFile};` : '';
  // As another user, its workers could not use the temporary folder.
  const user = process.getuid?.() === 0 ? 'user root; ' : '';
  return `${user}daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error;
events {}
http {
  access_log off;
  ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${port}${tls ? ' ssl' : ''};
    ${certificate}
    ${recipe}
  }
}
`;
}

function caddyConfig(port: number, { hubPort, isBelowPath, tls }: Setup): string {
  let recipe = block('caddy');
  if (!isBelowPath) {
    documented('Without a path, `reverse_proxy 127.0.0.1:7411` is all.');
    recipe = `example.com {\n  reverse_proxy ${HUB}\n}\n`;
  }
  const certificate = tls ? `\n  tls ${tls.certFile} ${tls.keyFile}` : '';
  return `{
  admin off
  auto_https disable_redirects
}
${recipe
  .replace(HUB, `127.0.0.1:${hubPort}`)
  .replace('example.com {', `${tls ? 'https' : 'http'}://127.0.0.1:${port} {${certificate}`)}`;
}

/** Returns the documentation's code block in this language. */
function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(DOCS) ?? [];
  if (text === undefined || !text.includes(HUB)) throw new Error(`The page has no recipe for ${language}.`);
  return text;
}

function documented(sentence: string): void {
  if (!DOCS.includes(sentence)) throw new Error(`The page does not say: ${sentence}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
