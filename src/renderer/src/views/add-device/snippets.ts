import { formatJoinLink } from '@shared/join-link';
import type { TlsInfo } from '@shared/model';

/** The ways in which a program that is not one of our agents can report. */
export type ProgramLanguage = 'python' | 'node' | 'browser' | 'telegraf';

/** The credentials that a device presents to the hub, and those by which it recognises the hub. */
export interface Credentials {
  /** A join token, which makes an approval unnecessary. */
  token?: string | null;
  /** SHA-256 of the hub's certificate, `AB:CD:…`; null when the connection is not encrypted. */
  fingerprint?: string | null;
  /** The hash of its public key in the form that curl takes: `sha256//…`. */
  keyPin?: string | null;
}

/** `ws://host:7411` → `http://host:7411`, where the hub serves its agent. */
export function httpUrl(agentUrl: string): string {
  return agentUrl.replace(/^ws/, 'http').replace(/\/$/, '');
}

export function isSecure(agentUrl: string): boolean {
  return agentUrl.startsWith('wss:');
}

/** Returns what identifies the hub at an address; empty if the address is not encrypted. */
export function expectedAt(agentUrl: string, tls: TlsInfo | undefined): Credentials {
  if (!isSecure(agentUrl) || !tls) return {};
  return { fingerprint: tls.fingerprint, keyPin: tls.keyPin };
}

/** Returns one address with everything an agent needs to connect, for a QR code. */
export function joinLink(agentUrl: string, { token, fingerprint }: Credentials = {}): string {
  return formatJoinLink({
    url: agentUrl,
    fingerprint: fingerprint ?? undefined,
    token: token ?? undefined,
  });
}

/**
 * Returns one line that downloads the agent from this hub and starts it. Over TLS, curl checks the hub's public key,
 * because no authority vouches for its certificate, and the agent checks the fingerprint.
 */
export function computerLine(
  agentUrl: string,
  shell: 'shell' | 'powershell',
  { token, fingerprint, keyPin }: Credentials = {},
): string {
  const file = 'wirewatch-agent.mjs';
  const from = `${httpUrl(agentUrl)}/${file}`;
  const options = [
    ...(fingerprint ? [`--fingerprint ${fingerprint}`] : []),
    ...(token ? [`--token ${token}`] : []),
  ];
  const run = ['node', file, agentUrl, ...options].join(' ');
  // In PowerShell, `curl` may be an alias of another program.
  const curl = `${shell === 'shell' ? 'curl' : 'curl.exe'} -fsS${keyPin ? `k --pinnedpubkey ${keyPin} -` : ''}O ${from}`;
  if (shell === 'shell') return `${curl} && ${run}`;
  return isSecure(agentUrl) ? `${curl}; if ($?) { ${run} }` : `irm ${from} -OutFile ${file}; ${run}`;
}

/** Returns a sketch for the Arduino core of the ESP32; only the network's name and password need filling in. */
export function boardSketch(agentUrl: string, { token }: Credentials = {}): string {
  const { host, port } = splitUrl(agentUrl);
  const secret = token ?? null;
  const begin = isSecure(agentUrl) ? 'beginSSL' : 'begin';
  return `#include <WiFi.h>
#include <WebSocketsClient.h>  // library "WebSockets" by Markus Sattler

WebSocketsClient hub;

void setup() {
  WiFi.begin("network", "password");
  while (WiFi.status() != WL_CONNECTED) delay(200);
${secret === null ? '' : `  hub.setExtraHeaders("Authorization: Bearer ${secret}");\n`}  hub.${begin}("${host}", ${port}, "/agent");
  hub.setReconnectInterval(2000);
}

void loop() {
  static unsigned long sentAt = 0;
  hub.loop();
  if (hub.isConnected() && millis() - sentAt >= 1000) {
    sentAt = millis();
    String json = String("{\\"id\\":\\"attic\\",\\"temp\\":") + temperatureRead() + "}";
    hub.sendTXT(json);
  }
}`;
}

export function programSnippet(
  agentUrl: string,
  language: ProgramLanguage,
  credentials: Credentials = {},
): string {
  switch (language) {
    case 'python':
      return python(agentUrl, credentials);
    case 'node':
      return node(agentUrl, credentials);
    case 'browser':
      return browser(agentUrl, credentials);
    case 'telegraf':
      return telegraf(agentUrl, credentials);
  }
}

function python(agentUrl: string, { token, fingerprint }: Credentials): string {
  const header = token ? `, additional_headers={"Authorization": "Bearer ${token}"}` : '';
  const loop = `    while True:
        hub.send(json.dumps({"id": "attic", "temp": 21.5}))
        time.sleep(1)`;
  if (!fingerprint) {
    return `# pip install websockets
import json, time
from websockets.sync.client import connect

with connect("${agentUrl}"${header}) as hub:
${loop}`;
  }
  return `# pip install websockets
import hashlib, json, ssl, time
from websockets.sync.client import connect

FINGERPRINT = "${fingerprint.replaceAll(':', '').toLowerCase()}"
tls = ssl.create_default_context()
tls.check_hostname = False
tls.verify_mode = ssl.CERT_NONE  # the fingerprint is checked instead

with connect("${agentUrl}", ssl=tls${header}) as hub:
    certificate = hub.socket.getpeercert(binary_form=True)
    assert hashlib.sha256(certificate).hexdigest() == FINGERPRINT
${loop}`;
}

function node(agentUrl: string, { token, fingerprint }: Credentials): string {
  const message = `JSON.stringify({ id: 'attic', temp: 21.5${token ? `, token: '${token}'` : ''} })`;
  if (!fingerprint) {
    return `// Node.js 22 or newer, nothing to install
const hub = new WebSocket('${agentUrl}');

hub.onopen = () =>
  setInterval(() => hub.send(${message}), 1000);`;
  }
  return `// npm install ws
import WebSocket from 'ws';

const FINGERPRINT = '${fingerprint}';
// The fingerprint is checked instead of the certificate chain.
const hub = new WebSocket('${agentUrl}', { rejectUnauthorized: false });

hub.on('upgrade', ({ socket }) => {
  if (socket.getPeerCertificate().fingerprint256 !== FINGERPRINT) hub.terminate();
});
hub.on('open', () =>
  setInterval(() => hub.send(${message}), 1000));`;
}

function browser(agentUrl: string, { token }: Credentials): string {
  const trust = isSecure(agentUrl)
    ? `// Open ${httpUrl(agentUrl)} in this browser once and accept the certificate.\n`
    : '';
  return `${trust}const hub = new WebSocket('${agentUrl}');

hub.onopen = () =>
  setInterval(() => {
    hub.send(JSON.stringify({ id: 'my-page', visible: !document.hidden${token ? `, token: '${token}'` : ''} }));
  }, 1000);`;
}

function telegraf(agentUrl: string, { token }: Credentials): string {
  const { host, port } = splitUrl(agentUrl);
  const tls = isSecure(agentUrl)
    ? `
  # openssl s_client -connect ${host}:${port} </dev/null | openssl x509 > wirewatch.pem
  tls_ca = "/etc/telegraf/wirewatch.pem"`
    : '';
  const headers = token
    ? `
  [outputs.websocket.headers]
    Authorization = "Bearer ${token}"`
    : '';
  // All settings are in the plugins, so that they can be added to a configuration that has its own `[agent]`.
  return `# telegraf.conf
[[outputs.websocket]]
  url = "${agentUrl}/agent"
  data_format = "influx"
  flush_interval = "1s"
  metric_batch_size = 250
  metric_buffer_limit = 20000
  startup_error_behavior = "retry"${tls}${headers}

[[inputs.cpu]]
  interval = "1s"

[[inputs.mem]]
  interval = "1s"

[[inputs.system]]
  interval = "1s"`;
}

/** A message that any WebSocket client may send, as one line. */
export const SIMPLE_MESSAGE = '{"id":"attic","temp":21.5}';

function splitUrl(url: string): { host: string; port: string } {
  const parsed = new URL(url);
  const secure = parsed.protocol === 'wss:';
  return { host: parsed.hostname, port: parsed.port || (secure ? '443' : '80') };
}
