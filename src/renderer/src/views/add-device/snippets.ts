/** The ways in which something that is not one of our agents can report. */
export type ProgramLanguage = 'python' | 'node' | 'browser' | 'telegraf';

/** `ws://host:7411` → `http://host:7411`, where the hub serves its agent. */
export function httpUrl(agentUrl: string): string {
  return agentUrl.replace(/^ws/, 'http').replace(/\/$/, '');
}

/** One line that fetches the agent from this very hub and starts it. */
export function computerLine(agentUrl: string, shell: 'shell' | 'powershell'): string {
  const file = 'wirewatch-agent.mjs';
  const from = `${httpUrl(agentUrl)}/${file}`;
  return shell === 'shell'
    ? `curl -fsSO ${from} && node ${file} ${agentUrl}`
    : `irm ${from} -OutFile ${file}; node ${file} ${agentUrl}`;
}

/** A sketch for the Arduino core of the ESP32; nothing but the network's name has to be filled in. */
export function boardSketch(agentUrl: string): string {
  const { host, port } = splitUrl(agentUrl);
  return `#include <WiFi.h>
#include <WebSocketsClient.h>  // library "WebSockets" by Markus Sattler

WebSocketsClient hub;

void setup() {
  WiFi.begin("network", "password");
  while (WiFi.status() != WL_CONNECTED) delay(200);
  hub.begin("${host}", ${port}, "/agent");
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

export function programSnippet(agentUrl: string, language: ProgramLanguage): string {
  switch (language) {
    case 'python':
      return `# pip install websockets
import json, time
from websockets.sync.client import connect

with connect("${agentUrl}") as hub:
    while True:
        hub.send(json.dumps({"id": "attic", "temp": 21.5}))
        time.sleep(1)`;
    case 'node':
      return `// Node.js 22 or newer, nothing to install
const hub = new WebSocket('${agentUrl}');

hub.onopen = () =>
  setInterval(() => hub.send(JSON.stringify({ id: 'attic', temp: 21.5 })), 1000);`;
    case 'browser':
      return `const hub = new WebSocket('${agentUrl}');

hub.onopen = () =>
  setInterval(() => {
    hub.send(JSON.stringify({ id: 'my-page', visible: !document.hidden }));
  }, 1000);`;
    case 'telegraf':
      return `# telegraf.conf
[[outputs.websocket]]
  url = "${agentUrl}/agent"
  data_format = "influx"`;
  }
}

/** What any WebSocket client may send, as one line. */
export const SIMPLE_MESSAGE = '{"id":"attic","temp":21.5}';

function splitUrl(url: string): { host: string; port: string } {
  const parsed = new URL(url);
  const secure = parsed.protocol === 'wss:';
  return { host: parsed.hostname, port: parsed.port || (secure ? '443' : '80') };
}
