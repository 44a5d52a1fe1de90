import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../tests/fakes/manual-clock';
import { recordingLogger } from '../testing/test-support';
import type { Collector } from './collector';
import { CollectorSet } from './collector-set';
import { MAX_SCHEMA_BYTES, MAX_SERIES, PRIORITY } from './priorities';
import { newSlots, valuesOf } from '../testing/collector-support';

const gauge = (name: string) => () => ({ name, kind: 'gauge' as const });
const counter = (name: string) => () => ({ name, kind: 'counter' as const });

describe('a counter that falls', () => {
  it('has no value once, and counts from where it is then', () => {
    const { slots } = newSlots();
    const rows = [1_000, 1_500, 20, 520, null, 600, 599].map((value) => {
      slots.set('bytes', value, counter('bytes'));
      return valuesOf(slots)['bytes'];
    });
    expect(rows).toEqual([1_000, 1_500, null, 520, null, 600, null]);
  });

  it('is none where it is a gauge', () => {
    const { slots } = newSlots();
    for (const value of [5, 3]) slots.set('x', value, gauge('x'));
    expect(valuesOf(slots)).toEqual({ x: 3 });
  });
});

it('what is left out is told once, again when it is twice as much, and anew after it fitted', () => {
  const { slots, warnings } = newSlots();
  const names = (count: number) => Array.from({ length: count }, (_, i) => `br-${i}`);
  for (const count of [3, 3, 4, 5, 6, 0, 1]) slots.leftOut('bridges', names(count), 64);
  expect(warnings).toEqual([
    'this machine has 67 bridges, of which 64 are reported. Left out: br-0, br-1, br-2',
    'this machine has 70 bridges, of which 64 are reported. Left out: br-0, br-1, br-2, br-3, br-4, br-5',
    'this machine has 65 bridges, of which 64 are reported. Left out: br-0',
  ]);
});

describe('the series of a machine', () => {
  function setOf(read: Collector['read']) {
    const log = recordingLogger();
    const clock = new ManualClock();
    return { set: new CollectorSet([{ name: 'network', everyMs: 0, read }], clock, log), log, clock };
  }

  it('come in the order of what the machine is watched for, and the last make room', () => {
    const { set, log } = setOf((slots) => {
      for (let i = 0; i < MAX_SERIES; i++)
        slots.set(`v${i}`, i, gauge(`virtual${i}`), PRIORITY.virtualInterface);
      slots.set('disk', 1, gauge('disk'), PRIORITY.storage);
      slots.set('cpu', 1, gauge('cpu'));
    });
    const { schema, values } = set.sample();
    expect(schema.series).toHaveLength(MAX_SERIES);
    expect(values).toHaveLength(MAX_SERIES);
    expect(schema.series.slice(0, 3).map(({ name }) => name)).toEqual(['cpu', 'disk', 'virtual0']);
    expect(log.lines).toEqual([
      `warn this machine has ${MAX_SERIES + 2} series, of which ${MAX_SERIES} are reported. Left out: virtual${MAX_SERIES - 2}, virtual${MAX_SERIES - 1}`,
    ]);
    expect(set.sample().schema).toBe(schema);
  });

  it('fit one message, however long their names are', () => {
    const { set } = setOf((slots) => {
      for (let i = 0; i < MAX_SERIES; i++) slots.set(`${i}`, i, gauge(`${i}${'x'.repeat(400)}`));
    });
    const { schema } = set.sample();
    expect(schema.series.length).toBeGreaterThan(500);
    expect(JSON.stringify(schema.series).length).toBeLessThan(MAX_SCHEMA_BYTES + 2);
  });

  it('of things that are gone make room first', () => {
    let generation = 0;
    const { set, clock, log } = setOf((slots) => {
      slots.set('cpu', 1, gauge('cpu'));
      for (let i = 0; i < MAX_SERIES - 1; i++) {
        slots.set(`${generation} ${i}`, i, gauge(`g${generation}.${i}`), PRIORITY.virtualInterface);
      }
    });
    set.sample();
    for (generation = 1; generation < 5; generation++) {
      clock.advance(1_000);
      const { schema } = set.sample();
      expect(schema.series).toHaveLength(MAX_SERIES);
      expect(schema.series.at(-1)?.name).toBe(`g${generation}.${MAX_SERIES - 2}`);
    }
    expect(log.lines).toEqual([]);
  });

  it('of a collector that hangs lose their values, with a warning, until it answers', async () => {
    const clock = new ManualClock();
    const log = recordingLogger();
    let answer = () => {};
    let hangs = false;
    const read: Collector['read'] = async (slots) => {
      if (hangs) await new Promise<void>((resolve) => (answer = resolve));
      slots.set('a', 1, gauge('a'));
    };
    const set = new CollectorSet([{ name: 'temperature', everyMs: 5_000, read }], clock, log);
    await set.prime(1_000);
    expect(set.sample().values).toEqual([1]);
    hangs = true;
    clock.advance(5_000);
    set.sample();
    clock.advance(14_000);
    expect(set.sample().values).toEqual([1]);
    clock.advance(2_000);
    set.sample();
    expect(set.sample().values).toEqual([null]);
    expect(log.lines).toEqual([
      'warn temperature has not answered for 16 s; its values are unknown until it does',
    ]);
    hangs = false;
    answer();
    await expect.poll(() => set.sample().values).toEqual([1]);
    expect(log.lines.at(-1)).toBe('info temperature can be read again');
  });
});
