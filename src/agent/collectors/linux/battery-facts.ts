import { parseInteger } from '../kernel-file';

/** The state of a battery. `charge` is a share, 0 to 1. */
export interface BatteryFacts {
  charge: number;
  /** Time until it is empty; null while it is not discharging, or if the time is unknown. */
  secondsLeft: number | null;
}

const SECONDS_PER_HOUR = 3_600;
const MICRO = 1e6;

/**
 * Interprets a folder of `/sys/class/power_supply` (Documentation/ABI/testing/sysfs-class-power in the kernel). Drivers
 * report energy (µWh) or charge (µAh), power (µW) or current (µA, negative in some drivers while discharging), and any
 * of them may be missing. `read` returns the text of a file, empty if there is none. Null if there is no battery.
 */
export function batteryFacts(read: (file: string) => string): BatteryFacts | null {
  const number = (...files: readonly string[]) => {
    for (const file of files) {
      const value = parseInteger(read(file));
      if (value !== null) return value;
    }
    return null;
  };
  if (number('present') === 0) return null;
  const status = read('status').trim().toLowerCase();
  const charge = chargeOf(number, status);
  if (charge === null) return null;
  return { charge, secondsLeft: status === 'discharging' ? secondsLeft(number, charge) : null };
}

type ReadNumber = (...files: readonly string[]) => number | null;

function chargeOf(number: ReadNumber, status: string): number | null {
  const percent = number('capacity');
  if (percent !== null && percent >= 0) return Math.min(1, percent / 100);
  for (const what of ['energy', 'charge']) {
    const now = number(`${what}_now`, `${what}_avg`);
    const full = number(`${what}_full`, `${what}_full_design`);
    if (now !== null && full !== null && now >= 0 && full > 0) {
      return Math.round(Math.min(1, now / full) * 10_000) / 10_000;
    }
  }
  return status === 'full' ? 1 : null;
}

function secondsLeft(number: ReadNumber, charge: number): number | null {
  const magnitude = (...files: readonly string[]) => {
    const value = number(...files);
    return value === null || value === 0 ? null : Math.abs(value);
  };
  const left = (what: 'energy' | 'charge') => {
    const now = number(`${what}_now`, `${what}_avg`);
    if (now !== null && now >= 0) return now;
    const full = magnitude(`${what}_full`, `${what}_full_design`);
    return full === null ? null : full * charge;
  };
  const volts = magnitude('voltage_now', 'voltage_avg', 'voltage_min_design', 'voltage_max_design');
  const times = (amount: number | null, factor: number | null) =>
    amount === null || factor === null ? null : (amount * factor) / MICRO;

  const [energy, power] = [left('energy'), magnitude('power_now', 'power_avg')];
  const [ampereHours, current] = [left('charge'), magnitude('current_now', 'current_avg')];
  const hours =
    quotient(energy, power) ??
    quotient(ampereHours, current) ??
    // One is in watts, the other in amperes; the voltage converts between them.
    quotient(times(ampereHours, volts), power) ??
    quotient(energy, times(current, volts));
  if (hours !== null) return hours * SECONDS_PER_HOUR;
  const told = number('time_to_empty_now', 'time_to_empty_avg');
  return told !== null && told > 0 ? told : null;
}

function quotient(amount: number | null, rate: number | null): number | null {
  return amount === null || rate === null || !(rate > 0) ? null : amount / rate;
}
