import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureRoots, writeTree } from '../../testing/test-support';
import { newSlots, NONSENSE_TOKENS, readOnce, valuesOf } from '../../testing/collector-support';
import { createMemoryCollector } from './memory';
import { memoryFacts } from './memory-facts';
import { createPagingCollector } from './paging';

const KIB = 1024;
const meminfo = (fields: Record<string, number | string>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value} kB`)
    .join('\n');
const ARCSTATS = 'proc/spl/kstat/zfs/arcstats';

const ZFS_HOST = meminfo({
  MemTotal: 65536000,
  MemFree: 10000000,
  MemAvailable: 12000000,
  Buffers: 100000,
  Cached: 2000000,
});
const ARC = 'c_min 4 2147483648\nsize 4 42949672960\n';

describe('memory of a machine with ZFS', () => {
  it('that its cache can give back is not used', async () => {
    const values = await readOnce(
      createMemoryCollector(fixtureRoots({ 'proc/meminfo': ZFS_HOST, [ARCSTATS]: ARC })),
    );
    expect(values['system.memory.usage{used}']).toBe(14_018_674_688);
    expect(values['system.memory.utilization{used}']).toBe(0.2089);
    const states = ['used', 'cached', 'buffers', 'free'].map(
      (state) => values[`system.memory.usage{${state}}`],
    );
    expect(states.reduce((sum: number, bytes) => sum + (bytes ?? 0), 0)).toBe(65536000 * KIB);
  });

  it('reads arcstats in any order, and without a minimum', () => {
    const real = `13 1 0x01 147 39984 5214368310 1132\nname                            type data\nhits                            4    99\nsize                            4    42949672960\nc_max 4 50000000000\nc_min                           4    2147483648\n`;
    expect(memoryFacts(ZFS_HOST, real)?.used).toBe(14_018_674_688);
    expect(memoryFacts(ZFS_HOST, 'size 4 42949672960\n')?.used).toBe(14_018_674_688 - 2_147_483_648);
    expect(memoryFacts(ZFS_HOST, 'c_min 4 50000000000\nsize 4 42949672960\n')?.used).toBe(54_820_864_000);
  });

  it("does not take the host's cache for the container's", async () => {
    const container = meminfo({ MemTotal: 8_000_000, MemFree: 5_000_000, MemAvailable: 6_000_000 });
    expect(memoryFacts(container, ARC)?.used).toBe(2_000_000 * KIB);
    const roots = fixtureRoots({
      'proc/meminfo': container,
      [ARCSTATS]: 'size 4 1000000000\n',
      'proc/self/mounts': 'lxcfs /proc/meminfo fuse.lxcfs rw,nosuid,nodev 0 0\n',
    });
    const values = await readOnce(createMemoryCollector(roots));
    expect(values['system.memory.usage{used}']).toBe(2_000_000 * KIB);
  });
});

describe('memory of a container', () => {
  it('is never used by less than nothing', () => {
    const lxc = meminfo({
      MemTotal: 1953124,
      MemFree: 1900000,
      MemAvailable: 4100000,
      Buffers: 0,
      Cached: 8000000,
    });
    expect(memoryFacts(lxc, null)).toMatchObject({ used: 53124 * KIB, free: 1900000 * KIB, cached: 0 });
    expect(memoryFacts(meminfo({ MemTotal: 100, MemFree: 900 }), null)).toMatchObject({
      used: 0,
      free: 100 * KIB,
    });
  });

  it('and its swap neither', async () => {
    const roots = fixtureRoots({
      'proc/meminfo': meminfo({ SwapTotal: 100, SwapFree: 8_000_000 }),
      'proc/vmstat': 'pgfault 1\npgmajfault 5\n',
    });
    expect(await readOnce(createPagingCollector(roots))).toMatchObject({
      'system.paging.usage{used}': 0,
      'system.paging.usage{free}': 100 * KIB,
      'system.paging.utilization{used}': 0,
      'system.paging.faults{minor}': null,
    });
  });
});

it('memory that grows is declared anew, in a schema of its own', async () => {
  const { root, ...roots } = fixtureRoots({ 'proc/meminfo': meminfo({ MemTotal: 1_000, MemFree: 400 }) });
  const collector = createMemoryCollector(roots);
  const { slots } = newSlots();
  await collector.read(slots);
  const [first] = [...slots.values()];
  const before = { declaration: first?.declaration, version: slots.version };
  writeTree(root, { 'proc/meminfo': meminfo({ MemTotal: 4_000, MemFree: 400 }) });
  await collector.read(slots);
  expect(before.declaration?.max).toBe(1_000 * KIB);
  expect(first?.declaration.max).toBe(4_000 * KIB);
  expect(slots.version).toBeGreaterThan(before.version);
  expect(valuesOf(slots)['system.memory.limit']).toBe(4_000 * KIB);
  collector.dispose?.();
});

describe('text that is no /proc/meminfo', () => {
  it.each(['', '\0\0', 'MemTotal: kB', 'MemTotal: 0 kB\nMemFree: 0 kB', 'MemTotal: -5 kB\nMemFree: 1 kB'])(
    'tells nothing: %j',
    (text) => expect(memoryFacts(text, null)).toBeNull(),
  );

  it('gives states that add up to the total, or nothing', () => {
    const names = ['MemTotal', 'MemFree', 'MemAvailable', 'Buffers', 'Cached', 'SReclaimable', 'Shmem', 'x'];
    const value = fc.oneof(fc.nat().map(String), fc.constantFrom(...NONSENSE_TOKENS), fc.string());
    const text = fc
      .array(fc.tuple(fc.constantFrom(...names), value))
      .map((lines) => lines.map(([name, number]) => `${name}: ${number} kB`).join('\n'));
    const arc = fc.option(
      fc.oneof(
        fc.string(),
        fc.tuple(value, value).map(([size, min]) => `size 4 ${size}\nc_min 4 ${min}`),
      ),
    );
    fc.assert(
      fc.property(text, arc, (memory, zfs) => {
        const facts = memoryFacts(memory, zfs);
        if (!facts) return;
        const { total, used, cached, buffers, free } = facts;
        for (const bytes of [used, cached, buffers, free]) expect(bytes >= 0 && bytes <= total).toBe(true);
        expect(used + cached + buffers + free).toBe(total);
      }),
    );
  });
});
