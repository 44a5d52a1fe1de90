import { networkInterfaces } from 'node:os';

/** Interface names of containers and virtual machines, whose addresses other machines can seldom reach. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vEthernet|lxc|podman|tun|tap|utun|zt|wg)/i;

/**
 * This machine's addresses that other machines may reach, likeliest first; loopback only if there is nothing else.
 */
export function lanAddresses(listenHost: string): string[] {
  const isAny = listenHost === '0.0.0.0' || listenHost === '::' || listenHost === '';
  if (!isAny) return [listenHost];
  const found: { address: string; rank: number }[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const { address, family, internal } of addresses ?? []) {
      if (internal || family !== 'IPv4') continue;
      const rank = (VIRTUAL.test(name) ? 10 : 0) + (address.startsWith('169.254.') ? 5 : 0);
      found.push({ address, rank });
    }
  }
  found.sort((a, b) => a.rank - b.rank);
  return found.length > 0 ? found.map(({ address }) => address) : ['127.0.0.1'];
}

export function urlOf(scheme: string, address: string, port: number): string {
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
