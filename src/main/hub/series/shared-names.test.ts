import { describe, expect, it } from 'vitest';
import { SharedNames } from './shared-names';

describe('names of series', () => {
  it('are kept once, however many devices have them', () => {
    const names = new SharedNames();
    const first = names.of('cpu{core=1}', () => ({ metric: 'cpu', labels: { core: '1' } }));
    const second = names.of('cpu{core=1}', () => ({ metric: 'cpu', labels: { core: '1' } }));
    expect(second).toBe(first);
    expect(first).toEqual({ key: 'cpu{core=1}', metric: 'cpu', labels: { core: '1' } });
  });

  it('are bounded: past 10,000 the one made first is made anew', () => {
    const names = new SharedNames();
    const make = () => ({ metric: 'm', labels: {} });
    const first = names.of('m0', make);
    for (let i = 1; i <= 10_000; i++) names.of(`m${i}`, make);
    expect(names.of('m0', make)).not.toBe(first);
    expect(names.of('m0', make)).toEqual(first);
  });

  it('cannot be changed by one of those who share them', () => {
    const { labels } = new SharedNames().of('t{place=attic}', () => ({
      metric: 't',
      labels: { place: 'attic' },
    }));
    expect(Object.isFrozen(labels)).toBe(true);
  });
});
