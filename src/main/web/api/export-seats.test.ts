import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { ExportSeats, type ExportClient, type ExportSeat } from './export-seats';

const LIMITS = { exports: 12, exportsPerAddress: 4, exportsPerCaller: 2 };

function start(clock = new ManualClock()) {
  const seats = new ExportSeats(LIMITS, clock);
  const cut: string[] = [];
  return {
    clock,
    cut,
    enter(caller: string, address = '10.0.0.1', role: ExportClient['role'] = 'viewer'): ExportSeat | null {
      const seat = seats.enter({ caller, address, role }, () => cut.push(caller));
      return seat.ok ? seat.value : null;
    },
  };
}

describe('exports in progress', () => {
  it('are so many of one viewer, and so many of one address', () => {
    const { enter } = start();
    const first = enter('a');
    enter('a');
    expect(enter('a')).toBeNull();
    enter('b');
    enter('b');
    expect(enter('c')).toBeNull();
    expect(enter('c', '10.0.0.2')).not.toBeNull();
    first?.leave();
    expect(enter('c')).not.toBeNull();
  });

  it('of an IPv6 network are those of one address', () => {
    const { enter } = start();
    for (let i = 0; i < 4; i++) expect(enter(`v${i}`, `2001:db8::${i}`)).not.toBeNull();
    expect(enter('v4', '2001:db8::4')).toBeNull();
  });

  it('of viewers are half of all, so that an admin has a place', () => {
    const { enter } = start();
    for (let i = 0; i < 6; i++) expect(enter(`v${i}`, `10.0.0.${i}`)).not.toBeNull();
    expect(enter('v6', '10.0.0.66')).toBeNull();
    for (let i = 0; i < 6; i++) expect(enter(`admin ${i}`, `10.0.1.${i}`, 'admin')).not.toBeNull();
    expect(enter('admin 6', '10.0.1.66', 'admin')).toBeNull();
  });

  it('make room for a newcomer: who has most loses the one that was not read for longest', () => {
    const { enter, clock, cut } = start();
    const [older, newer] = [enter('greedy', '10.0.0.66'), enter('greedy', '10.0.0.66')];
    for (let i = 0; i < 4; i++) enter(`v${i}`, `10.0.0.${i}`);
    expect(enter('newcomer', '10.0.0.9')).toBeNull();
    newer?.waiting(true);
    newer?.waiting(false);
    clock.advance(1_000);
    older?.waiting(true);
    expect(enter('newcomer', '10.0.0.9')).not.toBeNull();
    expect(cut).toEqual(['greedy']);
    expect(enter('another', '10.0.0.10')).toBeNull();
  });
});
