import { Emitter } from '@shared/emitter';
import { displayText } from '@shared/display-text';
import { hideSecrets } from '@shared/hide-secrets';
import type { EventInfo } from '@shared/model';
import type { EventBudget } from './event-budget';
import { memoryRecorder, type Recorder } from '../series/recorder';

/** What happened, newest last; beyond `capacity` the oldest are forgotten. */
export class EventLog {
  readonly appended: Emitter<EventInfo>;
  readonly removed: Emitter<number>;
  readonly #recorder: Recorder;
  readonly #capacity: number;
  readonly #textLength: number;
  readonly #budget: EventBudget | null;
  #events: EventInfo[] = [];
  #nextId = 1;

  constructor(
    capacity: number,
    textLength: number,
    recorder: Recorder = memoryRecorder,
    budget: EventBudget | null = null,
    onListenerFault?: (thrown: unknown) => void,
  ) {
    this.appended = new Emitter(onListenerFault);
    this.removed = new Emitter(onListenerFault);
    this.#budget = budget;
    this.#recorder = recorder;
    this.#capacity = capacity;
    this.#textLength = textLength;
  }

  /**
   * Adds what a device says or causes, as far as its budget goes; false when it was left out. How many were is told with
   * the next that is not.
   */
  report(event: Omit<EventInfo, 'id'> & { device: string }): boolean {
    const { device, at } = event;
    // Who sends texts is told of each that is left out, and that counts.
    if (this.#budget?.take(device, event.kind === 'text') === false) return false;
    const leftOut = this.#budget?.leftOut(device) ?? 0;
    if (leftOut > 0) {
      const text = `${leftOut} more events of this device were left out: too many a second.`;
      this.add({ at, kind: 'dropped', level: 'warning', device, text });
    }
    this.add(event);
    return true;
  }

  add(event: Omit<EventInfo, 'id'>): EventInfo {
    // Notes are the user's own and keep their lines; most other texts are a device's, or hold some of its words.
    const text =
      event.kind === 'note'
        ? event.text.slice(0, this.#textLength)
        : displayText(hideSecrets(event.text), this.#textLength);
    const kept: EventInfo = { ...event, id: this.#nextId++, text };
    this.#events.push(kept);
    if (this.#events.length > this.#capacity * 1.25) this.#events = this.#events.slice(-this.#capacity);
    this.#recorder.event(kept);
    this.appended.emit(kept);
    return kept;
  }

  /** Takes in what history knew at start, oldest first. */
  restore(events: readonly EventInfo[]): void {
    this.#events = [...events.slice(-this.#capacity), ...this.#events];
    this.#nextId = Math.max(this.#nextId, (events.at(-1)?.id ?? 0) + 1);
  }

  /** The newest `limit` events in `[from, to)`, of one device or of all, oldest first. */
  list(device: string | undefined, from: number, to: number, limit: number): EventInfo[] {
    const found: EventInfo[] = [];
    for (let i = this.#events.length - 1; i >= 0 && found.length < limit; i--) {
      const event = this.#events[i];
      if (!event || event.at < from || event.at >= to || (device !== undefined && event.device !== device))
        continue;
      found.push(event);
    }
    return found.reverse();
  }

  /** Replaces the text of a note, or removes it for null; null when there is no such note in memory. */
  change(id: number, text: string | null): EventInfo | null {
    const at = this.#events.findIndex((event) => event.id === id && event.kind === 'note');
    const before = this.#events[at];
    if (!before) return null;
    if (text === null) {
      this.#events.splice(at, 1);
      this.removed.emit(id);
      return before;
    }
    const changed = { ...before, text };
    this.#events[at] = changed;
    this.appended.emit(changed);
    return changed;
  }

  forgetDevice(device: string): void {
    this.#events = this.#events.filter((event) => event.device !== device);
  }
}
