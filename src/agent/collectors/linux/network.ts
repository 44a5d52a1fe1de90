import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { setNetwork } from '../io-series';
import { KernelFile } from '../kernel-file';

const MAX_INTERFACES = 32;
/** The host's ends of container links: they come and go, and their traffic is on the bridge and the card as well. */
const NOT_SHOWN = /^(veth|cali|lxc|tap|ifb|dummy)/;

/** `system.network.*` of each interface that ever moved a byte, from `/proc/net/dev`. */
export function createNetworkCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'net', 'dev'));
  return {
    name: 'network',
    everyMs: 0,
    read(slots) {
      let shown = 0;
      for (const line of file.read().split('\n')) {
        const colon = line.indexOf(':');
        if (colon < 0) continue;
        const name = line.slice(0, colon).trim();
        if (NOT_SHOWN.test(name)) continue;
        const columns = line
          .slice(colon + 1)
          .trim()
          .split(/ +/, 12);
        const at = (i: number) => Number(columns[i] ?? 0) || 0;
        if (at(0) === 0 && at(8) === 0) continue;
        if (++shown > MAX_INTERFACES) break;
        setNetwork(slots, name, 'receive', { bytes: at(0), packets: at(1), errors: at(2), dropped: at(3) });
        setNetwork(slots, name, 'transmit', {
          bytes: at(8),
          packets: at(9),
          errors: at(10),
          dropped: at(11),
        });
      }
    },
    dispose: () => file.dispose(),
  };
}
