import type { Labels, SeriesInfo } from '../model';

/** Orders names the way people count: `core 2` before `core 10`. */
const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export function compareNatural(a: string, b: string): number {
  return natural.compare(a, b);
}

export function labelOf(labels: Labels, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Returns the network interface that a series is about. */
export function interfaceOf(labels: Labels): string {
  return labelOf(labels, 'network.interface.name', 'system.device') ?? '';
}

/** Returns 0 for wired, 1 for wireless, … 9 for loopback, so that the main interface comes first. */
export function interfaceRank(name: string): number {
  if (/^(lo\d*$|loopback)/i.test(name)) return 9;
  if (
    /^(veth|docker|br-|virbr|vmnet|vnet|ifb|dummy|tap|cni|flannel|cali|podman|lxc|lxd|vethernet)/i.test(name)
  )
    return 8;
  if (/^(awdl|llw|anpi|ap\d|gif|stf|bond|team)/i.test(name)) return 7;
  if (/^(tun|wg|utun|ppp|tailscale|zt)/i.test(name)) return 5;
  if (/^(en|eth|em\d|ethernet)/i.test(name)) return 0;
  if (/^(wl|wi-?fi|ww)/i.test(name)) return 1;
  return 3;
}

/** Returns the labels whose values differ among `series`, in a stable order. */
export function differingLabels(series: readonly SeriesInfo[]): string[] {
  const values = new Map<string, string | undefined>();
  const differing = new Set<string>();
  for (const [i, { labels }] of series.entries()) {
    for (const name of Object.keys(labels)) {
      if (!values.has(name)) {
        values.set(name, labels[name]);
        if (i > 0) differing.add(name);
      } else if (values.get(name) !== labels[name]) differing.add(name);
    }
    for (const name of values.keys()) if (!Object.hasOwn(labels, name)) differing.add(name);
  }
  return [...differing].sort();
}

/** Joins label values to a legend, such as `eth0 · receive`; empty if the series has none of the labels. */
export function legendOf(labels: Labels, names: readonly string[]): string {
  return names
    .map((name) => labelOf(labels, name))
    .filter((value) => value !== undefined && value !== '')
    .join(' · ');
}
