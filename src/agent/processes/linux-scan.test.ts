import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NONSENSE_TOKENS } from '../testing/collector-support';
import { fixtureRoots } from '../testing/test-support';
import { createLinuxScan } from './linux-scan';
import { pageBytes } from './page-size';
import { parseProcessStat } from './process-stat';

const JELLYFIN = '77 (jellyfin) S 1 77 77 0 -1 4194560 1 0 0 0 100 50 0 0 20 0 1 0 1000 500000000 6400 0\n';

function auxv(...pairs: [number, number][]): string {
  const words = Buffer.alloc(pairs.length * 16);
  for (const [i, [key, value]] of pairs.entries()) {
    words.writeBigUInt64LE(BigInt(key), i * 16);
    words.writeBigUInt64LE(BigInt(value), i * 16 + 8);
  }
  return words.toString('latin1');
}

describe('the memory of a process', () => {
  it('is right on machines with 16 KiB pages', async () => {
    const roots = fixtureRoots({
      'proc/2/stat': '2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0 0\n',
      'proc/2/cmdline': '',
      'proc/77/stat': JELLYFIN,
      'proc/77/status': 'Name:\tjellyfin\nVmRSS:\t  102400 kB\n',
      'proc/77/cmdline': 'jellyfin\0--x',
    });
    const { processes } = await createLinuxScan(roots)();
    expect(processes.find(({ pid }) => pid === 77)).toMatchObject({
      rssBytes: 100 * 1024 * 1024,
      command: 'jellyfin --x',
    });
  });

  it('is counted in the pages that the kernel tells programs, where no process shows them', () => {
    const told = fixtureRoots({ 'proc/self/auxv': auxv([3, 64], [6, 65_536]), 'proc/9/stat': JELLYFIN });
    expect(pageBytes(told.proc, ['9', '10'])).toBe(65_536);
    expect(pageBytes(fixtureRoots({ 'proc/self/auxv': 'x' }).proc, [])).toBe(4_096);
  });

  it.runIf(process.platform === 'linux')('is what this machine says of this process', async () => {
    const { processes } = await createLinuxScan({ proc: '/proc', sys: '/sys', etc: '/etc' })();
    const own = processes.find(({ pid }) => pid === process.pid);
    expect(Math.abs((own?.rssBytes ?? 0) / process.memoryUsage.rss() - 1)).toBeLessThan(0.5);
  });
});

describe('/proc/<pid>/stat', () => {
  it('is read whatever the program is called', () => {
    expect(parseProcessStat(JELLYFIN.replace('jellyfin', 'a) R (b)'))).toMatchObject({
      name: 'a) R (b)',
      rssPages: 6_400,
    });
  });

  it('gives numbers or nothing', () => {
    const token = fc.oneof(
      fc.nat().map(String),
      fc.constantFrom(...NONSENSE_TOKENS, '(x)', ')'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 30 }), (tokens) => {
        const stat = parseProcessStat(tokens.join(' '));
        if (stat) expect([stat.ticks, stat.rssPages].every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
