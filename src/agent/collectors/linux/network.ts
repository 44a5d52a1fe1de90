import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isHostTree, type Collector, type SystemRoots } from '../collector';
import { setNetwork } from '../io-series';
import { KernelFile, parseCount } from '../kernel-file';
import { MAX_NETWORK_CARDS, MAX_VIRTUAL_INTERFACES, PRIORITY } from '../priorities';
import type { SlotTable } from '../series-slots';

const LOOK_EVERY_MS = 30_000;
const COLUMNS = 12;
/**
 * The host's ends of container and VM links: they come and go, and their traffic also counts on the bridge and the
 * card.
 */
const NOT_SHOWN =
  /^(veth|cali[0-9a-f]|lxc(?!br)|tap\d+i\d|vnet\d|fwbr|fwpr|fwln|ifb|dummy|azv|gke[0-9a-f]{8})/;
const COUNTED_ELSEWHERE = 'their traffic also counts on their bridge or the card';
/**
 * Names that the kernel, systemd and the usual drivers give to cards, for systems whose sysfs does not identify them.
 */
const CARD_NAMES = /^(eth|en[opsxP]|em\d|p\dp|wl|ww|ib|usb\d|can\d)/;

/** Counters of one interface since it came up. */
export interface InterfaceCounters {
  name: string;
  receive: DirectionCounters;
  transmit: DirectionCounters;
}

interface DirectionCounters {
  bytes: number | null;
  packets: number | null;
  errors: number | null;
  dropped: number | null;
}

/** `system.network.*` of each interface that ever moved a byte, from `/proc/net/dev`; cards first. */
export function createNetworkCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(deviceTable(roots));
  let isCard = cardTest(roots.sys);
  let lookedAt = performance.now();

  return {
    name: 'network',
    everyMs: 0,
    read(slots) {
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = performance.now();
        isCard = cardTest(roots.sys);
      }
      const used = parseNetDev(file.read()).filter(
        ({ receive, transmit }) => receive.bytes !== 0 || transmit.bytes !== 0,
      );
      const links = used.filter(({ name }) => NOT_SHOWN.test(name)).map(({ name }) => name);
      slots.neverReported('links of containers and virtual machines', links, COUNTED_ELSEWHERE);
      const shown = used.filter(({ name }) => !NOT_SHOWN.test(name));
      const cards = shown.filter(({ name }) => isCard(name));
      const virtual = shown.filter(({ name }) => !isCard(name));
      report(slots, 'network cards', cards, MAX_NETWORK_CARDS, PRIORITY.networkCard);
      report(slots, 'virtual interfaces', virtual, MAX_VIRTUAL_INTERFACES, PRIORITY.virtualInterface);
    },
    dispose: () => file.dispose(),
  };
}

function report(
  slots: SlotTable,
  kind: string,
  interfaces: readonly InterfaceCounters[],
  max: number,
  priority: typeof PRIORITY.networkCard | typeof PRIORITY.virtualInterface,
): void {
  for (const { name, receive, transmit } of interfaces.slice(0, max)) {
    setNetwork(slots, name, 'receive', receive, priority);
    setNetwork(slots, name, 'transmit', transmit, priority);
  }
  const leftOut = interfaces.slice(max).map(({ name }) => name);
  slots.leftOut(kind, leftOut, max);
}

/** Parses `/proc/net/dev`. A column that is not a number becomes null; other lines are skipped. */
export function parseNetDev(text: string): InterfaceCounters[] {
  const found = new Map<string, InterfaceCounters>();
  for (const line of text.split('\n')) {
    // Old aliases have a colon in their name: `eth0:1`.
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, colon).trim();
    if (colon < 0 || name === '' || /\s/.test(name)) continue;
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/, COLUMNS)
      .map((column) => parseCount(column));
    if (columns.length < COLUMNS) continue;
    const direction = (at: number): DirectionCounters => ({
      bytes: columns[at] ?? null,
      packets: columns[at + 1] ?? null,
      errors: columns[at + 2] ?? null,
      dropped: columns[at + 3] ?? null,
    });
    found.set(name, { name, receive: direction(0), transmit: direction(8) });
  }
  return [...found.values()];
}

/** Whether an interface is hardware: sysfs names a device only for those. */
function cardTest(sys: string): (name: string) => boolean {
  const folder = join(sys, 'class', 'net');
  if (!existsSync(folder)) return (name) => CARD_NAMES.test(name);
  const known = new Map<string, boolean>();
  return (name) => {
    let isCard = known.get(name);
    if (isCard === undefined) known.set(name, (isCard = existsSync(join(folder, name, 'device'))));
    return isCard;
  };
}

/**
 * Returns the path of the interface table. In another machine's `/proc`, `net` belongs to this container; the machine's
 * is that of process 1.
 */
function deviceTable(roots: SystemRoots): string {
  const ofInit = join(roots.proc, '1', 'net', 'dev');
  return isHostTree(roots) && existsSync(ofInit) ? ofInit : join(roots.proc, 'net', 'dev');
}
