import { describe, expect, it } from 'vitest';
import { describeMetric } from '@shared/metrics/catalogue';
import { systemClock } from '@shared/clock';
import { recordingLogger } from '../testing/test-support';
import { ManualClock } from '../../../tests/fakes/manual-clock';
import type { Collector } from './collector';
import { CollectorSet } from './collector-set';
import { createCollectors } from './create-collectors';

function collector(name: Collector['name'], read: Collector['read'], everyMs = 0): Collector {
  return { name, everyMs, read };
}
const gauge = (name: string) => () => ({ name, kind: 'gauge' as const });

describe('a set of collectors', () => {
  it('keeps its schema while the series stay the same and makes a new one when they do not', () => {
    let disks = 1;
    const set = new CollectorSet(
      [
        collector('disk', (slots) => {
          for (let i = 0; i < disks; i++) slots.set(`${i}`, i, gauge(`disk${i}`));
        }),
      ],
      new ManualClock(),
      recordingLogger(),
    );
    const first = set.sample();
    expect(set.sample().schema).toBe(first.schema);
    disks = 2;
    const second = set.sample();
    expect(second.schema.version).toBe(first.schema.version + 1);
    expect(second.schema.series.map((s) => s.name)).toEqual(['disk0', 'disk1']);
    expect(first.schema.series).toHaveLength(1);
  });

  it('gives a series that is gone no value, and forgets it later', () => {
    const clock = new ManualClock();
    let there = true;
    const read: Collector['read'] = (slots) => {
      slots.set('stays', 1, gauge('stays'));
      if (there) slots.set('goes', 2, gauge('goes'));
    };
    const set = new CollectorSet([collector('network', read)], clock, recordingLogger());
    expect(set.sample().values).toEqual([1, 2]);
    there = false;
    clock.advance(1_000);
    expect(set.sample().values).toEqual([1, null]);
    clock.advance(10 * 60_000);
    expect(set.sample().values).toEqual([1]);
  });

  it('logs a failure once, goes on with the others, retries less often, and says when it is over', () => {
    const clock = new ManualClock();
    const log = recordingLogger();
    let broken = true;
    let tries = 0;
    const set = new CollectorSet(
      [
        collector('cpu', (slots) => {
          tries++;
          if (broken) throw new Error('no such file');
          slots.set('a', 1, gauge('a'));
        }),
        collector('load', (slots) => slots.set('b', 2, gauge('b'))),
      ],
      clock,
      log,
    );
    for (let i = 0; i < 60; i++) {
      expect(set.sample().values).toEqual([2]);
      clock.advance(1_000);
    }
    expect(tries).toBeLessThan(5);
    expect(log.lines).toEqual(['warn cpu cannot be read: no such file']);
    broken = false;
    clock.advance(11 * 60_000);
    expect(set.sample().values).toEqual([1, 2]);
    expect(log.lines).toHaveLength(2);
  });

  it('is not held up by a collector that never answers', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const set = new CollectorSet(
      [
        collector('temperature', () => {
          asked++;
          return new Promise<void>(() => {});
        }),
        collector('load', (slots) => slots.set('b', 2, gauge('b'))),
      ],
      clock,
      recordingLogger(),
    );
    const primed = set.prime(500);
    clock.advance(500);
    await primed;
    clock.advance(60_000);
    expect(set.sample().values).toEqual([2]);
    expect(asked).toBe(1);
  });

  it('reads slow collectors at their own pace and holds their values between', () => {
    const clock = new ManualClock();
    let reads = 0;
    const set = new CollectorSet(
      [collector('filesystem', (slots) => slots.set('a', ++reads, gauge('a')), 30_000)],
      clock,
      recordingLogger(),
    );
    for (let i = 0; i < 60; i++) {
      expect(set.sample().values).toEqual([reads]);
      clock.advance(1_000);
    }
    expect(reads).toBe(2);
  });
});

describe('the collectors of this machine', () => {
  const self = { queuedRows: () => 0, collectMs: () => 0 };

  it.runIf(process.platform === 'linux')(
    'report at least 30 series, all known to the catalogue',
    async () => {
      const log = recordingLogger();
      const set = new CollectorSet(createCollectors(self, null), systemClock, log);
      await set.prime(2_000);
      const { schema, values } = set.sample();
      set.dispose();
      expect(log.lines).toEqual([]);
      expect(schema.series.length).toBeGreaterThanOrEqual(30);
      expect(values).toHaveLength(schema.series.length);
      for (const { name, unit, kind } of schema.series) {
        expect(describeMetric(name), name).toMatchObject({ name, unit, kind });
      }
    },
  );

  it('can be narrowed to some', async () => {
    const set = new CollectorSet(createCollectors(self, ['memory']), systemClock, recordingLogger());
    await set.prime(2_000);
    const { schema } = set.sample();
    set.dispose();
    expect(schema.series.length).toBeGreaterThan(0);
    expect(schema.series.every(({ name }) => name.startsWith('system.memory.'))).toBe(true);
  });

  it('come from portable sources on other systems', async () => {
    const log = recordingLogger();
    const set = new CollectorSet(
      createCollectors(
        self,
        ['cpu', 'memory', 'load', 'uptime', 'filesystem', 'network'],
        undefined,
        'darwin',
      ),
      systemClock,
      log,
    );
    await set.prime(10_000);
    set.sample();
    const names = new Set(set.sample().schema.series.map(({ name }) => name));
    set.dispose();
    expect(log.lines).toEqual([]);
    expect(names).toContain('system.cpu.utilization');
    expect(names).toContain('system.memory.usage');
    expect(names).toContain('system.uptime');
  });
});
