import { readFileSync } from 'node:fs';
import { arch, cpus, hostname, platform, release } from 'node:os';
import { join } from 'node:path';
import { SYSTEM_ROOTS, type SystemRoots } from './collectors/collector';

/** What a device reports about its machine in `hello`. */
export interface DeviceFacts {
  hostName: string;
  os: string;
  arch: string;
  model: string | undefined;
}

export function readDeviceFacts(roots: SystemRoots = SYSTEM_ROOTS, system = platform()): DeviceFacts {
  return {
    hostName: hostname().replace(/\.(local|lan|home|localdomain)$/i, '') || 'computer',
    os: clip(osName(roots, system)),
    arch: arch(),
    model: clip(modelName(roots, system)) || undefined,
  };
}

function osName(roots: SystemRoots, system: NodeJS.Platform): string {
  if (system === 'linux') {
    const pretty = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readText(join(roots.etc, 'os-release')))?.[1];
    return pretty ?? `Linux ${release()}`;
  }
  if (system === 'darwin') return `macOS (Darwin ${release()})`;
  if (system === 'win32') return `Windows ${release()}`;
  return `${system} ${release()}`;
}

/** Boards and machines have a model name; if they hide it, the processor's name is the most informative. */
function modelName(roots: SystemRoots, system: NodeJS.Platform): string {
  const count = cpus().length;
  const processor =
    cpus()[0]
      ?.model.replace(/\((R|TM)\)/gi, '')
      .replace(/\s+/g, ' ')
      .trim() ?? '';
  const cores = `${count} ${count === 1 ? 'core' : 'cores'}`;
  const board = system === 'linux' ? readText(join(roots.sys, 'firmware/devicetree/base/model')) : '';
  const name = board || processor;
  return name === '' || name === 'unknown' ? cores : `${name}, ${cores}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', '').trim();
  } catch {
    return '';
  }
}

const clip = (text: string) => text.slice(0, 128);
