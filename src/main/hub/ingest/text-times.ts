import type { Clock } from '@shared/clock';
import type { Device } from '../devices/device';
import { DeviceClock } from './device-clock';
import type { Reading } from './dialects/dialect';

/**
 * What is known of the times of one device's text. It belongs to the device, because many devices connect anew for each
 * message, or send over several connections: on its own, none of those would ever show that a clock is wrong.
 */
export class TextTimes {
  readonly clock = new DeviceClock();
  /** Readings from ahead, and when they arrived (ms since the epoch). */
  aside: { reading: Reading; arrivedAt: number }[] = [];
  /** The time given to the last reading that came without one, ms since the epoch. */
  lastUntimed = Number.NEGATIVE_INFINITY;
  #steppedMs: number;

  constructor({ steppedMs }: Pick<Clock, 'steppedMs'>) {
    this.#steppedMs = steppedMs;
  }

  /** Moves along with the hub's clock, by as much as it was set since the last call. */
  follow({ steppedMs }: Pick<Clock, 'steppedMs'>): void {
    const stepMs = steppedMs - this.#steppedMs;
    if (stepMs === 0) return;
    this.#steppedMs = steppedMs;
    this.clock.hubSet(stepMs);
    for (const one of this.aside) one.arrivedAt += stepMs;
  }
}

const timesByDevice = new WeakMap<Device, TextTimes>();

/** The times of a device, the same for all of its connections and pushes. */
export function timesOf(device: Device, clock: Pick<Clock, 'steppedMs'>): TextTimes {
  let times = timesByDevice.get(device);
  if (!times) timesByDevice.set(device, (times = new TextTimes(clock)));
  return times;
}
