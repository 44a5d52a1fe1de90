import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureRoots, writeTree } from '../../testing/test-support';
import { newSlots, NONSENSE_TOKENS, valuesOf } from '../../testing/collector-support';
import { createCpuCollector } from './cpu';
import { CpuTimes, parseCpuTicks } from './cpu-times';

const CPU = 'system.cpu.utilization';

/** Returns the machine's utilization after each text, as in the rows. */
async function rowsOf(...texts: string[]): Promise<(number | null | undefined)[]> {
  const { root, ...roots } = fixtureRoots({ 'proc/stat': '' });
  const collector = createCpuCollector(roots);
  const { slots } = newSlots();
  const rows = [];
  for (const text of texts) {
    writeTree(root, { 'proc/stat': text });
    await collector.read(slots);
    rows.push(valuesOf(slots)[CPU]);
  }
  collector.dispose?.();
  return rows;
}

describe('processor counters that fall', () => {
  it('give no value once and are measured from where they are then', async () => {
    expect(
      await rowsOf(
        'cpu  100000 0 0 900000 0 0 0 0 0 0\n',
        'cpu  100010 0 0 900090 0 0 0 0 0 0\n',
        'cpu  50 0 0 50 0 0 0 0 0 0\n',
        'cpu  150 0 0 50 0 0 0 0 0 0\n',
        'cpu  250 0 0 50 0 0 0 0 0 0\n',
      ),
    ).toEqual([null, 0.1, null, 1, 1]);
  });

  it.each([
    ['user time alone', 'cpu  90 0 10 2000 0 0 0 0\n'],
    ['steal after a migration', 'cpu  110 0 10 1100 0 0 0 5\n'],
    ['by a little', 'cpu  99 0 10 950 0 0 0 20\n'],
    ['idle by much', 'cpu  101 0 10 3 0 0 0 20\n'],
  ])('%s', async (_, fallen) => {
    const [, , after] = await rowsOf('cpu  0 0 0 0\n', 'cpu  100 0 10 1000 0 0 0 20\n', fallen);
    expect(after).toBeNull();
  });

  it('do not include idle and I/O wait that go back a little', async () => {
    expect(
      await rowsOf(
        'cpu  100 0 0 800 50 0 0 0\n',
        'cpu  150 0 0 855 45 0 0 0\n',
        'cpu  200 0 0 905 45 0 0 0\n',
      ),
    ).toEqual([null, 0.4762, 0.5]);
  });

  it('are those of one processor alone where only its line fell', async () => {
    const { root, ...roots } = fixtureRoots({ 'proc/stat': 'cpu  0 0 0 0\ncpu0 9 0 0 9\ncpu1 9 0 0 9\n' });
    const collector = createCpuCollector(roots);
    const { slots } = newSlots();
    await collector.read(slots);
    writeTree(root, { 'proc/stat': 'cpu  50 0 0 50\ncpu0 1 0 0 1\ncpu1 19 0 0 9\n' });
    await collector.read(slots);
    expect(valuesOf(slots)).toMatchObject({ [CPU]: 0.5, [`${CPU}{0}`]: null, [`${CPU}{1}`]: 1 });
    collector.dispose?.();
  });
});

it('shares that the kernel does not count on are unknown after a while', () => {
  const times = new CpuTimes();
  times.advance('0 0 0 0', 0);
  expect(times.advance('50 0 0 50', 1_000).busy).toBe(0.5);
  expect(times.advance('50 0 0 50', 2_000).busy).toBe(0.5);
  expect(times.advance('50 0 0 50', 60_000).busy).toBeNull();
});

it('256 processors are reported, and a warning names the others', async () => {
  const line = (name: string) => `${name} 100 0 50 800 10 0 0 0 0 0\n`;
  const text = line('cpu ') + Array.from({ length: 1_200 }, (_, i) => line(`cpu${i}`)).join('');
  const { slots, warnings } = newSlots();
  const collector = createCpuCollector(fixtureRoots({ 'proc/stat': text }));
  await collector.read(slots);
  await collector.read(slots);
  expect(slots.size).toBe(8 + 256);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/1200 processors, of which 256 are reported.*cpu256, cpu257.* and 934 more/);
  collector.dispose?.();
});

describe('text that is no /proc/stat', () => {
  const column = fc.oneof(fc.nat(), fc.constantFrom(...NONSENSE_TOKENS), fc.string({ maxLength: 4 }));
  const line = fc
    .tuple(fc.constantFrom('cpu ', 'cpu0', 'cpu', 'cpu99999999999', 'cpufreq', ''), fc.array(column))
    .map(([name, columns]) => `${name} ${columns.join(' ')}`);

  it('gives shares from 0 to 1 or none, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(line).map((lines) => lines.join('\n'))), async (texts) => {
        const { root, ...roots } = fixtureRoots({ 'proc/stat': '' });
        const collector = createCpuCollector(roots);
        const { slots } = newSlots();
        for (const text of texts) {
          writeTree(root, { 'proc/stat': text });
          await collector.read(slots);
          for (const value of Object.values(valuesOf(slots))) {
            if (value !== null) expect(value >= 0 && value <= 1).toBe(true);
          }
        }
        collector.dispose?.();
      }),
      { numRuns: 40 },
    );
  });

  it('is told from counters', () => {
    expect(parseCpuTicks(' 1 2 3 4')).toEqual([1, 2, 3, 4, 0, 0, 0, 0]);
    for (const token of NONSENSE_TOKENS.slice(1)) expect(parseCpuTicks(` 1 ${token} 3 4`)).toBeNull();
    expect(parseCpuTicks('')).toBeNull();
  });
});
