import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureRoots, writeTree } from '../../testing/test-support';
import { newSlots, NONSENSE_TOKENS, readOnce, valuesOf } from '../../testing/collector-support';
import { createNetworkCollector, parseNetDev } from './network';

const HEAD =
  'Inter-|   Receive                    |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
const line = (name: string, bytes = 1_000) => `${name}:${bytes} 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0\n`;
const interfacesOf = (values: Record<string, unknown>) => [
  ...new Set(Object.keys(values).map((name) => /\{(.*),/.exec(name)?.[1])),
];

describe('the network collector', () => {
  it('reports cards before bridges, 64 of them, and names the others', async () => {
    const bridges = Array.from({ length: 300 }, (_, i) => `br-${String(i).padStart(12, '0')}`);
    const roots = fixtureRoots({
      'proc/net/dev': HEAD + [...bridges, 'enp3s0', 'wlan0', 'veth12'].map((name) => line(name)).join(''),
      'sys/class/net/enp3s0/device/uevent': '',
      'sys/class/net/wlan0/device/uevent': '',
      'sys/class/net/br-000000000000/bridge/x': '',
    });
    const { slots, warnings } = newSlots();
    await createNetworkCollector(roots).read(slots);
    expect(interfacesOf(valuesOf(slots))).toEqual(['enp3s0', 'wlan0', ...bridges.slice(0, 64)]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /300 virtual interfaces, of which 64 are reported.*br-000000000064, .* and 226 more/,
      ),
    ]);
  });

  it('counts and names the links of containers, which it never reports', async () => {
    const veths = Array.from({ length: 150 }, (_, i) => `veth${i}`);
    const roots = fixtureRoots({
      'proc/net/dev': HEAD + ['eth0', ...veths].map((name) => line(name)).join(''),
    });
    const { slots, recoveries } = newSlots();
    const collector = createNetworkCollector(roots);
    await collector.read(slots);
    await collector.read(slots);
    expect(interfacesOf(valuesOf(slots))).toEqual(['eth0']);
    expect(recoveries).toEqual([
      expect.stringMatching(/^150 links of containers .* are not reported.*: veth0, .* and 140 more$/),
    ]);
    collector.dispose?.();
  });

  it('goes by names where there is no sysfs, and is not deceived by those of container engines', async () => {
    const names = [
      'lxcbr0',
      'wg0',
      'eth0',
      'tap0',
      'veth1a',
      'lxc0123456789ab',
      'tap100i0',
      'vnet3',
      'fwbr100i0',
      'cali01',
    ];
    const roots = fixtureRoots({ 'proc/net/dev': HEAD + names.map((name) => line(name)).join('') });
    expect(interfacesOf(await readOnce(createNetworkCollector(roots)))).toEqual([
      'eth0',
      'lxcbr0',
      'wg0',
      'tap0',
    ]);
  });

  it('has no value once for counters that fall', async () => {
    const { root, ...roots } = fixtureRoots({ 'proc/net/dev': HEAD + line('eth0', 5_000) });
    const collector = createNetworkCollector(roots);
    const { slots } = newSlots();
    const rows = [];
    for (const bytes of [5_000, 90, 900]) {
      writeTree(root, { 'proc/net/dev': HEAD + line('eth0', bytes) });
      await collector.read(slots);
      rows.push(valuesOf(slots)['system.network.io{eth0,receive}']);
    }
    expect(rows).toEqual([5_000, null, 900]);
    collector.dispose?.();
  });

  it("reads the host's interfaces where its /proc is mounted into a container", async () => {
    const roots = fixtureRoots({
      'proc/net/dev': HEAD + line('eth0'),
      'proc/1/net/dev': HEAD + line('enp1s0'),
    });
    expect(interfacesOf(await readOnce(createNetworkCollector(roots)))).toEqual(['enp1s0']);
  });
});

describe('/proc/net/dev', () => {
  it('is read with and without a blank behind the colon, and with old aliases', () => {
    const found = parseNetDev(
      `${HEAD}  eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\neth0:1:9 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n`,
    );
    expect(found.map(({ name, receive }) => [name, receive.bytes])).toEqual([
      ['eth0', 1],
      ['eth0:1', 9],
    ]);
  });

  it('gives counts or nothing', () => {
    const token = fc.oneof(
      fc.nat().map(String),
      fc.constantFrom(...NONSENSE_TOKENS, ':', 'eth0:'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.array(token, { maxLength: 20 })), (lines) => {
        for (const { receive, transmit } of parseNetDev(lines.map((tokens) => tokens.join(' ')).join('\n'))) {
          for (const { bytes, packets, errors, dropped } of [receive, transmit]) {
            for (const value of [bytes, packets, errors, dropped]) {
              expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true);
            }
          }
        }
      }),
    );
  });
});
