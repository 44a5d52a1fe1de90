import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crowdKey } from '../bounds/peer-address';
import { Device } from './device';
import type { Presence } from './presence';
import { whoMakesRoom } from './waiting-room';

const NOW = 10_000_000;

function presence(lastHeardAt: number): Presence {
  return {
    kind: 'push',
    address: '',
    isSecure: false,
    openedAt: 0,
    lastHeardAt,
    rttMs: null,
    clockOffsetMs: null,
    intervalMs: null,
    backlog: null,
    state: 'pending',
    reason: null,
    admissionChanged: () => {},
    close: () => {},
  };
}

function waiting(id: string, address: string, heardAt: number | null, since = NOW): Device {
  const device = new Device(id, id, since);
  device.wait(address, '123456');
  if (heardAt !== null) device.join(presence(heardAt));
  return device;
}

const of = (count: number, address: (i: number) => string, heardAt: number | null = NOW): Device[] =>
  Array.from({ length: count }, (_, i) =>
    waiting(`${address(i)} ${i}`, address(i), heardAt === null ? null : heardAt - i),
  );

describe('the places to wait', () => {
  it('are made free by the largest crowd: the one of it that was silent for longest', () => {
    const crowd = of(6, () => '10.0.0.66');
    const others = of(5, (i) => `10.0.0.${i}`, 0);
    expect(whoMakesRoom([...others, ...crowd], '10.0.0.9', NOW)).toBe(crowd.at(-1));
  });

  it('count an IPv6 network as one, and all link-local addresses too', () => {
    for (const address of [(i: number) => `2001:db8::${i + 1}`, (i: number) => `fe80::${i + 1}%eth0`]) {
      const crowd = of(4, address);
      const others = of(3, () => '10.0.0.5');
      expect(crowd).toContain(whoMakesRoom([...others, ...crowd], '10.0.0.9', NOW));
      expect(whoMakesRoom([...others, ...crowd], address(9), NOW)).toBeNull();
    }
  });

  it('are left first by who is gone', () => {
    const gone = waiting('gone', '10.0.0.66', null);
    const crowd = [...of(3, () => '10.0.0.66', 0), gone];
    expect(whoMakesRoom(crowd, '10.0.0.9', NOW)).toBe(gone);
    expect(whoMakesRoom(crowd, '10.0.0.66', NOW)).toBe(gone);
  });

  it('stay taken where everybody has one, unless somebody is gone or has waited for long', () => {
    const others = of(4, (i) => `10.0.0.${i}`);
    expect(whoMakesRoom(others, '10.0.0.9', NOW)).toBeNull();
    const old = waiting('old', '10.0.0.50', NOW, 0);
    expect(whoMakesRoom([...others, old], '10.0.0.9', NOW)).toBe(old);
  });

  it('are never taken from a smaller crowd, nor from a newcomer’s neighbours that are there', () => {
    const address = fc.integer({ min: 1, max: 5 }).map((n) => `10.0.0.${n}`);
    const places = fc.array(fc.tuple(address, fc.boolean()), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(places, address, (list, newcomer) => {
        const devices = list.map(([at, isThere], i) => waiting(`d${i}`, at, isThere ? NOW - i : null));
        const victim = whoMakesRoom(devices, newcomer, NOW);
        const sizes = Map.groupBy(devices, ({ boundTo }) => crowdKey(boundTo ?? ''));
        const sizeOf = (at: string): number => (sizes.get(at)?.length ?? 0) + (at === newcomer ? 1 : 0);
        const largest = Math.max(...[...sizes.keys(), newcomer].map(sizeOf));
        if (!victim) return;
        const at = victim.boundTo ?? '';
        if (largest > 1) expect(sizeOf(at)).toBe(largest);
        if (at === newcomer) expect(victim.isPresent).toBe(false);
      }),
    );
  });
});
