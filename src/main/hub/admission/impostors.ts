import { BoundedMap } from '@shared/bounded-map';
import type { Clock } from '@shared/clock';
import type { EventLog } from '../events/event-log';
import type { Device } from '../devices/device';

/** Impostors of one device are reported at most this often, ms; the next report counts those left out. */
const TELL_EVERY_MS = 60_000;
/** The most devices whose last report is remembered; the oldest is dropped. */
const MAX_DEVICES = 1_000;

/** Reports in the device's events that a client claimed to be it and could not prove it. */
export class Impostors {
  readonly #events: EventLog;
  readonly #clock: Clock;
  readonly #told = new BoundedMap<string, { at: number; untold: number }>(MAX_DEVICES);

  constructor(events: EventLog, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  tell(device: Device, address: string, shown: 'no key' | 'a wrong key'): void {
    const now = this.#clock.monotonic();
    const last = this.#told.get(device.id);
    if (last && now - last.at < TELL_EVERY_MS) {
      last.untold++;
      return;
    }
    this.#told.set(device.id, { at: now, untold: 0 });
    const untold = last && last.untold > 0 ? ` ${last.untold} more attempts came before this one.` : '';
    const remedy =
      device.approvedBy === 'internal'
        ? ''
        : ' If this was the device itself and it has lost its key, revoke the key and approve the device again.';
    this.#events.add({
      at: this.#clock.now(),
      kind: 'impostor',
      level: 'warning',
      device: device.id,
      text: `A client at ${address} claimed to be "${device.name}", sent ${shown}, and was refused.${untold}${remedy}`,
    });
  }
}
