import { describe, expect, it } from 'vitest';
import { shownTime } from './time-state';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 12, 12);
const past = { kept: true, extent: { oldest: NOW - 1_000 * HOUR, newest: NOW } };
const facts = { past, goneSince: null, now: NOW };

describe('what a page shows', () => {
  it('is live up to 15 minutes, and history beyond', () => {
    expect(shownTime({ ...facts, view: { range: '15m', to: null } })).toEqual({
      rangeMs: 900_000,
      to: null,
      isHistory: false,
    });
    expect(shownTime({ ...facts, view: { range: '1h', to: null } }).isHistory).toBe(true);
  });

  it('is history wherever it does not end now', () => {
    expect(shownTime({ ...facts, view: { range: '1m', to: NOW - HOUR } })).toEqual({
      rangeMs: 60_000,
      to: NOW - HOUR,
      isHistory: true,
    });
  });

  it('stands where a device was last there', () => {
    const goneSince = NOW - 60_000;
    expect(shownTime({ ...facts, goneSince, view: { range: '5m', to: null } })).toMatchObject({
      to: goneSince,
      isHistory: false,
    });
  });

  it('goes to the disk for a device that has been gone for long', () => {
    const goneSince = NOW - 5 * HOUR;
    expect(shownTime({ ...facts, goneSince, view: { range: '5m', to: null } })).toMatchObject({
      to: goneSince,
      isHistory: true,
    });
  });

  it('goes on to the present where the loss itself is in sight', () => {
    const goneSince = NOW - 5 * HOUR;
    expect(shownTime({ ...facts, goneSince, view: { range: '24h', to: null } }).to).toBeNull();
    expect(shownTime({ ...facts, goneSince, view: { range: '1h', to: null } }).to).toBe(goneSince);
  });

  it('never asks a hub for history that has none', () => {
    const view = { range: '1h', to: null } as const;
    expect(shownTime({ ...facts, past: { ...past, kept: false }, view }).isHistory).toBe(false);
  });
});
