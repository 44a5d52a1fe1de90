import type { DeviceInfo } from '@shared/model';
import type { Wirewatch } from '../runtime';

/** The output of a server: JSON lines for programs, a short block of text for people. */
export interface Report {
  ready(): void;
  dispose(): void;
}

export function createReport(wirewatch: Wirewatch, json: boolean, title: string): Report {
  return json ? createJsonReport(wirewatch) : createTextReport(wirewatch, title);
}

/** Prints `ready` as the first line, then a `device` line whenever a device's state changes. */
function createJsonReport({ hub, url, port, links }: Wirewatch): Report {
  const states = new Map<string, string>();
  const write = (value: unknown): void => {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  };
  const tell = ({ id, name, kind, state, reason }: DeviceInfo): void => {
    if (states.get(id) === state) return;
    states.set(id, state);
    write({ event: 'device', id, name, kind, state, reason });
  };
  let stop = (): void => {};
  return {
    ready() {
      const { version, agentUrls, secureAgentUrls, tls, dataDir } = hub.info();
      const link = links.startupLink();
      const { fingerprint } = tls;
      write({ event: 'ready', url, port, version, link, agentUrls, secureAgentUrls, fingerprint, dataDir });
      stop = hub.onDevices(({ changed, removed }) => {
        for (const device of changed) tell(device);
        for (const id of removed) {
          if (states.delete(id)) write({ event: 'device', id, state: 'removed' });
        }
      });
    },
    dispose() {
      stop();
      write({ event: 'stopped' });
    },
  };
}

function createTextReport({ hub, links }: Wirewatch, title: string): Report {
  return {
    ready() {
      const { version, agentUrls, secureAgentUrls, tls, dataDir } = hub.info();
      const agents = secureAgentUrls[0] ?? agentUrls[0];
      const remote = links.createRemoteLinks('admin').urls[0];
      const lines: [string, string][] = [
        ['Open', links.startupLink()],
        ...(remote === undefined
          ? []
          : [['Remote', `${remote}  (once, within 10 minutes)`] as [string, string]]),
        ...(agents === undefined ? [] : [['Agents', agents] as [string, string]]),
        ...(tls.fingerprint === null
          ? []
          : [['Certificate', `SHA-256 ${tls.fingerprint}`] as [string, string]]),
        ...(tls.problem === null ? [] : [['TLS', tls.problem.message] as [string, string]]),
        ...(dataDir === '' ? [] : [['Data', dataDir] as [string, string]]),
        ['Stop', 'Ctrl C'],
      ];
      const body = lines.map(([name, text]) => `  ${name.padEnd(11)} ${text}`).join('\n');
      process.stdout.write(`\nWirewatch ${version} ${title}\n\n${body}\n\n`);
    },
    dispose() {},
  };
}
