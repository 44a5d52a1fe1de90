import { Emitter } from '@shared/emitter';
import type { EventInfo } from '@shared/model';

/** What happened, newest last; beyond `capacity` the oldest are forgotten. */
export class EventLog {
  readonly appended = new Emitter<EventInfo>();
  readonly #capacity: number;
  readonly #textLength: number;
  #events: EventInfo[] = [];
  #nextId = 1;

  constructor(capacity: number, textLength: number) {
    this.#capacity = capacity;
    this.#textLength = textLength;
  }

  add(event: Omit<EventInfo, 'id'>): void {
    const kept: EventInfo = { ...event, id: this.#nextId++, text: event.text.slice(0, this.#textLength) };
    this.#events.push(kept);
    if (this.#events.length > this.#capacity * 1.25) this.#events = this.#events.slice(-this.#capacity);
    this.appended.emit(kept);
  }

  /** The newest `limit` events, of one device or of all, from `from` on, oldest first. */
  list(device: string | undefined, from: number, limit: number): EventInfo[] {
    const found: EventInfo[] = [];
    for (let i = this.#events.length - 1; i >= 0 && found.length < limit; i--) {
      const event = this.#events[i];
      if (!event || event.at < from || (device !== undefined && event.device !== device)) continue;
      found.push(event);
    }
    return found.reverse();
  }

  forgetDevice(device: string): void {
    this.#events = this.#events.filter((event) => event.device !== device);
  }
}
