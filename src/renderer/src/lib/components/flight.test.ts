import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Flight } from './flight';

const VIEW = 800;
const landed = vi.fn();

/** Moves by this many pixels, once every this many ms. */
function move(flight: Flight, from: number, by: number, everyMs: number, times: number): number {
  let top = from;
  for (let i = 0; i < times; i++) {
    vi.advanceTimersByTime(everyMs);
    flight.moveTo((top += by), VIEW);
  }
  return top;
}

describe('the flight of a list', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    landed.mockClear();
  });
  afterEach(() => vi.useRealTimers());

  it('begins when screens of it pass too fast to be read, and ends soon after the last of them', () => {
    const flight = new Flight(landed);
    const top = move(flight, 0, 400, 1_000, 1);
    expect(flight.isUnderWay).toBe(false);
    move(flight, top, 400, 50, 10);
    expect(flight.isUnderWay).toBe(true);
    expect(landed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(119);
    expect(flight.isUnderWay).toBe(true);
    vi.advanceTimersByTime(1);
    expect(flight.isUnderWay).toBe(false);
    expect(landed).toHaveBeenCalledOnce();
  });

  it('goes upwards as well', () => {
    const flight = new Flight(landed);
    move(flight, 40_000, -900, 50, 3);
    expect(flight.isUnderWay).toBe(true);
  });

  it('is none where a list is leafed through or turned by notches of a wheel', () => {
    const flight = new Flight(landed);
    const top = move(flight, 0, 720, 300, 8);
    move(flight, top, 120, 60, 20);
    expect(flight.isUnderWay).toBe(false);
    expect(landed).not.toHaveBeenCalled();
  });

  it('is none where a page is turned smoothly, though it is fast in between, but where page after page is', () => {
    const flight = new Flight(landed);
    const turn = [5, 20, 60, 110, 150, 150, 110, 60, 20, 5];
    const turnPage = (from: number) => turn.reduce((top, by) => move(flight, top, by, 16, 1), from);
    let top = turnPage(0);
    expect(flight.isUnderWay).toBe(false);
    vi.advanceTimersByTime(300);
    top = turnPage(top);
    expect(flight.isUnderWay).toBe(false);
    expect(landed).not.toHaveBeenCalled();
    move(flight, top, 690, 33, 5);
    expect(flight.isUnderWay).toBe(true);
  });

  it('is none where the list leaps once, however far', () => {
    const flight = new Flight(landed);
    flight.moveTo(40_000, VIEW);
    expect(flight.isUnderWay).toBe(false);
  });

  it('ends at once where the list gets slow, and not where it hardly does', () => {
    const flight = new Flight(landed);
    const top = move(flight, 0, 100, 16, 12);
    expect(flight.isUnderWay).toBe(true);
    const further = move(flight, top, 40, 16, 5);
    expect(flight.isUnderWay).toBe(true);
    move(flight, further, 20, 16, 1);
    expect(flight.isUnderWay).toBe(false);
    expect(landed).toHaveBeenCalledOnce();
  });

  it('says nothing once it is disposed', () => {
    const flight = new Flight(landed);
    move(flight, 0, 400, 20, 5);
    expect(flight.isUnderWay).toBe(true);
    flight.dispose();
    vi.advanceTimersByTime(1_000);
    expect(flight.isUnderWay).toBe(false);
    expect(landed).not.toHaveBeenCalled();
  });
});
