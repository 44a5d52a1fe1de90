import { describe, expect, it } from 'vitest';
import { watchEnvironment, type EnvironmentChange } from './environment-watch';
import { ManualClock } from '../../tests/fakes/manual-clock';

function watch() {
  const clock = new ManualClock();
  const changes: EnvironmentChange[] = [];
  const network = { addresses: 'eth0 10.0.0.1' };
  const asleep = { ms: 0 };
  const stop = watchEnvironment(clock, 5_000, (change) => changes.push(change), {
    addresses: () => network.addresses,
    uptimeMs: () => clock.monotonic() + asleep.ms,
  });
  return { clock, changes, network, asleep, stop };
}

describe('watching the environment', () => {
  it('is silent while nothing happens', () => {
    const { clock, changes } = watch();
    clock.advance(60_000);
    expect(changes).toEqual([]);
  });

  it('notices new addresses within 5 s', () => {
    const { clock, changes, network } = watch();
    network.addresses = 'wlan0 10.0.0.7';
    clock.advance(5_000);
    expect(changes).toMatchObject([{ kind: 'addresses' }]);
  });

  it('notices within a second of going on that the process was stopped', () => {
    const { clock, changes } = watch();
    clock.skip(60_000, 60_000);
    clock.advance(1_000);
    expect(changes).toMatchObject([{ kind: 'slept' }]);
  });

  it('notices that the machine was suspended, and does not take that for a clock that was set', () => {
    const { clock, changes, asleep } = watch();
    clock.skip(3_600_000, 0);
    asleep.ms = 3_600_000;
    clock.advance(1_000);
    expect(changes).toEqual([{ kind: 'slept', gapMs: 3_600_000 }]);
  });

  it('does not mind that the clock is set', () => {
    const { clock, changes } = watch();
    clock.skip(3_600_000, 0);
    clock.advance(1_000);
    expect(changes).toEqual([]);
  });

  it('stops', () => {
    const { clock, changes, network, stop } = watch();
    stop();
    network.addresses = '';
    clock.advance(60_000);
    expect(changes).toEqual([]);
  });
});
