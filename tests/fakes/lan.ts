import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createServer, connect, type AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { once } from 'node:events';

/** Two machines on a network of their own: network namespaces, each with one end of a virtual cable. */
export interface Lan {
  readonly hub: Machine;
  readonly agent: Machine;
  dispose(): void;
}

export interface Machine {
  readonly address: string;
  /** Returns the command line that runs `command` on that machine. */
  at(command: readonly string[]): { file: string; args: string[] };
  /** Unplugs the cable, or plugs it in again. */
  setLink(isUp: boolean): void;
  /** Changes the machine's address. */
  moveTo(address: string): void;
  /** Adds an address to this machine. */
  addAddress(address: string): void;
  /** Opens a port here that leads to a port of that machine, as if from there. */
  forward(port: number, socketPath: string): Promise<{ port: number; dispose(): void }>;
}

const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });

/** Returns why this machine cannot create such networks; null if it can. */
export function whyNoLan(): string | null {
  const name = `wwprobe${process.pid}`;
  try {
    ip('netns', 'add', name);
    try {
      ip('-n', name, 'link', 'add', `${name}`.slice(0, 15), 'type', 'veth');
    } finally {
      ip('netns', 'del', name);
    }
    return null;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? 'there is no iproute2' : 'network namespaces are not permitted';
  }
}

/** Always call `dispose`, because namespaces outlive the process. */
export function createLan(): Lan {
  const id = process.pid.toString(36);
  const hub = createMachine(`wwh${id}`, '10.213.7.1');
  const agent = createMachine(`wwa${id}`, '10.213.7.2');
  const dispose = (): void => {
    for (const { name } of [hub, agent]) if (existsSync(`/var/run/netns/${name}`)) ip('netns', 'del', name);
  };
  try {
    for (const { name } of [hub, agent]) ip('netns', 'add', name);
    const [a, b] = [cableOf(hub.name), cableOf(agent.name)];
    ip('-n', hub.name, 'link', 'add', a, 'type', 'veth', 'peer', 'name', b, 'netns', agent.name);
    hub.plugIn();
    agent.plugIn();
    return { hub, agent, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

const cableOf = (name: string): string => `v${name}`.slice(0, 15);

function createMachine(name: string, first: string): Machine & { name: string; plugIn(): void } {
  const cable = cableOf(name);
  let address = first;
  const routeMulticast = (): void => ip('-n', name, 'route', 'replace', '224.0.0.0/4', 'dev', cable);
  const at = (command: readonly string[]) => ({ file: 'ip', args: ['netns', 'exec', name, ...command] });
  return {
    name,
    get address() {
      return address;
    },
    at,
    plugIn() {
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'address', 'add', `${address}/24`, 'dev', cable);
      ip('-n', name, 'link', 'set', cable, 'up');
      routeMulticast();
    },
    setLink(isUp) {
      ip('-n', name, 'link', 'set', cable, isUp ? 'up' : 'down');
      if (isUp) routeMulticast();
    },
    moveTo(next) {
      ip('-n', name, 'address', 'flush', 'dev', cable, 'scope', 'global');
      ip('-n', name, 'address', 'add', `${next}/24`, 'dev', cable);
      routeMulticast();
      address = next;
    },
    addAddress(also) {
      ip('-n', name, 'address', 'add', `${also}/24`, 'dev', cable);
    },
    async forward(port, socketPath) {
      // A socket in the file system can be reached from every network namespace.
      const relay = `require('node:net').createServer((from) => {
        const to = require('node:net').connect(${port}, '127.0.0.1');
        from.on('error', () => to.destroy()); to.on('error', () => from.destroy());
        from.pipe(to).pipe(from);
      }).listen(${JSON.stringify(socketPath)}, () => console.log('listening'))`;
      const { file, args } = at([process.execPath, '-e', relay]);
      const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      if (child.stdout) await once(child.stdout, 'data');
      const server = createServer((from) => {
        const to = connect(socketPath);
        from.on('error', () => to.destroy());
        to.on('error', () => from.destroy());
        from.pipe(to).pipe(from);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return {
        port: (server.address() as AddressInfo).port,
        dispose() {
          server.close();
          child.kill('SIGKILL');
        },
      };
    },
  };
}
