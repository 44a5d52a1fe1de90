import { describe, expect, it } from 'vitest';
import { RowRooms } from './row-rooms';

const MB = 1024 * 1024;

describe('rooms for rows', () => {
  it('are used again for as many rows or somewhat fewer, not for far fewer', () => {
    const rooms = new RowRooms();
    const room = rooms.take(100_000);
    expect(room.byteLength).toBeGreaterThanOrEqual(100_000);
    expect(room.byteLength).toBeLessThanOrEqual(125_000);
    rooms.giveAll([room]);
    expect(rooms.take(20_000)).not.toBe(room);
    expect(rooms.take(60_000)).toBe(room);
    expect(rooms.take(60_000)).not.toBe(room);
  });

  it('have whatever size is asked for', () => {
    const rooms = new RowRooms();
    for (const bytes of [0, 1, 1_023, 1_024, 1_025, 2_048, 2_049, 5_000, 65_536, 65_537, 3 * MB + 1]) {
      expect(rooms.take(bytes).byteLength, String(bytes)).toBeGreaterThanOrEqual(bytes);
    }
  });

  it('of a burst are let go when commits need far less, not with the first that does', () => {
    const rooms = new RowRooms();
    const burst = Array.from({ length: 8 }, () => rooms.take(MB));
    rooms.giveAll(burst);
    rooms.giveAll([]);
    const again = Array.from({ length: 8 }, () => rooms.take(MB));
    expect(again.every((room) => burst.includes(room))).toBe(true);
    rooms.giveAll(again);
    for (let i = 0; i < 50; i++) rooms.giveAll([rooms.take(1_024)]);
    expect(burst).not.toContain(rooms.take(MB));
  });

  it('beyond a bound are let go at once', () => {
    const rooms = new RowRooms();
    const many = Array.from({ length: 100 }, () => rooms.take(MB));
    rooms.giveAll(many);
    const again = Array.from({ length: 100 }, () => rooms.take(MB));
    expect(again.filter((room) => many.includes(room))).toHaveLength(32);
  });
});
