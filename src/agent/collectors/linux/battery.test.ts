import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureRoots } from '../../testing/test-support';
import { NONSENSE_TOKENS, readOnce } from '../../testing/collector-support';
import { createBatteryCollector } from './battery';
import { batteryFacts } from './battery-facts';

const facts = (files: Record<string, string | number>) => batteryFacts((file) => String(files[file] ?? ''));
const discharging = (files: Record<string, string | number>) => facts({ status: 'Discharging', ...files });
const HOURS = 3_600;

describe('a battery', () => {
  it.each([
    ['charge and a negative current', { capacity: 50, charge_now: 2e6, current_now: -1e6 }, 0.5, 2],
    ['energy without a capacity', { energy_now: 20e6, energy_full: 40e6, power_now: 10e6 }, 0.5, 2],
    [
      'charge, voltage and power',
      { capacity: 50, charge_now: 2e6, voltage_now: 12e6, power_now: 12e6 },
      0.5,
      2,
    ],
    [
      'energy, voltage and current',
      { capacity: 50, energy_now: 24e6, voltage_now: 12e6, current_now: 1e6 },
      0.5,
      2,
    ],
    [
      'no voltage but the design one',
      { capacity: 9, charge_now: 1e6, voltage_min_design: 1e7, power_now: 1e7 },
      0.09,
      1,
    ],
    ['energy and a negative power', { capacity: 50, energy_now: 20e6, power_now: -10e6 }, 0.5, 2],
    [
      'all of both, energy first',
      { capacity: 50, energy_now: 20e6, power_now: 10e6, charge_now: 9e6, current_now: 1 },
      0.5,
      2,
    ],
    ['averages', { capacity: 50, charge_avg: 2e6, current_avg: 1e6 }, 0.5, 2],
    ['how much it holds when full', { capacity: 25, charge_full: 4e6, current_now: 1e6 }, 0.25, 1],
    ['how much it was made for', { charge_now: 1e6, charge_full_design: 4e6, current_now: 1e6 }, 0.25, 1],
    ['the time', { capacity: 50, time_to_empty_avg: 7_200 }, 0.5, 2],
    ['its capacity only', { capacity: 50 }, 0.5, null],
    ['a rate of nothing', { capacity: 50, energy_now: 20e6, power_now: 0, current_now: 0 }, 0.5, null],
    ['a voltage of nothing', { capacity: 50, charge_now: 2e6, voltage_now: 0, power_now: 12e6 }, 0.5, null],
  ])('that tells %s', (_, files, charge, hours) => {
    expect(discharging(files)).toEqual({ charge, secondsLeft: hours === null ? null : hours * HOURS });
  });

  it('that is over full is full, and one of which no more is known too', () => {
    expect(facts({ status: 'Full', capacity: 105 })).toEqual({ charge: 1, secondsLeft: null });
    expect(facts({ status: 'Full' })).toEqual({ charge: 1, secondsLeft: null });
    expect(facts({ status: 'Charging', energy_now: 50e6, energy_full: 40e6 })?.charge).toBe(1);
  });

  it('that is not there is left out', () => {
    expect(facts({ present: 0, capacity: 0, status: 'Unknown' })).toBeNull();
    expect(facts({ present: 1, capacity: 0, status: 'Unknown' })?.charge).toBe(0);
    expect(facts({})).toBeNull();
  });

  it.each(['Charging', 'Not charging', 'Unknown', 'Full', ''])(
    'has no time left while it is %j',
    (status) => {
      expect(facts({ status, capacity: 50, energy_now: 1e6, power_now: 1e6 })?.secondsLeft).toBeNull();
    },
  );

  it('makes no nonsense of nonsense', () => {
    const value = fc.oneof(
      fc.integer().map(String),
      fc.constantFrom(...NONSENSE_TOKENS, 'Discharging', 'Full'),
    );
    const name = fc.constantFrom(
      ...[
        'present',
        'status',
        'capacity',
        'energy_now',
        'energy_full',
        'power_now',
        'charge_now',
        'charge_full',
      ],
      ...['current_now', 'voltage_now', 'time_to_empty_now'],
    );
    fc.assert(
      fc.property(fc.dictionary(name, value), (files) => {
        const found = facts(files);
        if (!found) return;
        expect(found.charge >= 0 && found.charge <= 1).toBe(true);
        if (found.secondsLeft !== null)
          expect(Number.isFinite(found.secondsLeft) && found.secondsLeft >= 0).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

it('several batteries are told apart, and what is not there is not told', async () => {
  const files: Record<string, string> = {};
  const battery = (name: string, facts: Record<string, string | number>) => {
    for (const [file, text] of Object.entries({ type: 'Battery', ...facts })) {
      files[`sys/class/power_supply/${name}/${file}`] = `${text}\n`;
    }
  };
  battery('BAT0', { status: 'Discharging', capacity: 50, charge_now: 2000000, current_now: -1000000 });
  battery('BAT1', {
    status: 'Discharging',
    energy_now: 20000000,
    energy_full: 40000000,
    power_now: 10000000,
  });
  battery('BAT2', { present: 0, capacity: 0, status: 'Unknown' });
  battery('BAT3', {
    status: 'Discharging',
    capacity: 50,
    charge_now: 2e6,
    voltage_now: 12e6,
    power_now: 12e6,
  });
  battery('BAT4', { status: 'Full', capacity: 105 });
  battery('ADP1', { type: 'Mains', online: 1 });
  battery('hidpp_battery_0', { scope: 'Device', capacity: 10 });
  expect(await readOnce(createBatteryCollector(fixtureRoots(files)))).toEqual({
    'hw.battery.charge{BAT0,BAT0}': 0.5,
    'hw.battery.time_left{BAT0,BAT0,discharging}': 7_200,
    'hw.battery.charge{BAT1,BAT1}': 0.5,
    'hw.battery.time_left{BAT1,BAT1,discharging}': 7_200,
    'hw.battery.charge{BAT3,BAT3}': 0.5,
    'hw.battery.time_left{BAT3,BAT3,discharging}': 7_200,
    'hw.battery.charge{BAT4,BAT4}': 1,
    'hw.battery.time_left{BAT4,BAT4,discharging}': null,
  });
});
