import { Emitter } from '@shared/emitter';
import { displayText } from '@shared/display-text';
import { hideSecrets } from '@shared/hide-secrets';
import type { EventInfo } from '@shared/model';
import type { EventBudget } from './event-budget';
import { memoryRecorder, type Recorder } from '../series/recorder';

/** The events, newest last; beyond `capacity` the oldest are dropped. */
export class EventLog {
  readonly appended: Emitter<EventInfo>;
  readonly removed: Emitter<number>;
  readonly #recorder: Recorder;
  readonly #capacity: number;
  readonly #textLength: number;
  readonly #budget: EventBudget | null;
  #events: EventInfo[] = [];
  #nextId = 1;
  /** The id of the first event of this run. */
  #firstOfRun = 1;

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
   * Adds an event that a device sent or caused, if its budget allows; returns false if it was dropped. The next event
   * that is kept reports how many were dropped.
   */
  report(event: Omit<EventInfo, 'id'> & { device: string }): boolean {
    const { device, at } = event;
    // The sender of a text gets a notice for each dropped one, and that notice is counted.
    if (this.#budget?.take(device, event.kind === 'text') === false) return false;
    const leftOut = this.#budget?.leftOut(device) ?? 0;
    if (leftOut > 0) {
      const text = `${leftOut} more events from this device were dropped because there were too many per second.`;
      this.add({ at, kind: 'dropped', level: 'warning', device, text });
    }
    this.add(event);
    return true;
  }

  add(event: Omit<EventInfo, 'id'>): EventInfo {
    // Notes are written by users and keep their line breaks; most other texts come from a device or contain text from
    // one.
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

  /** Adds the events that history loaded at start, oldest first. */
  restore(events: readonly EventInfo[]): void {
    this.#events = [...events.slice(-this.#capacity), ...this.#events];
    this.#nextId = Math.max(this.#nextId, (events.at(-1)?.id ?? 0) + 1);
    this.#firstOfRun = this.#nextId;
  }

  /**
   * Adds the stored events, oldest first, when history opens after events have happened, and records those in it. If
   * another hub has given their ids to other events, they get new ids.
   */
  join(stored: readonly EventInfo[]): void {
    const ofRun = this.#events.filter(({ id }) => id >= this.#firstOfRun);
    const byId = new Map(stored.map((event) => [event.id, event]));
    const isOther = ({ id, at, text }: EventInfo): boolean => {
      const known = byId.get(id);
      return known !== undefined && (known.at !== at || known.text !== text);
    };
    this.#nextId = Math.max(this.#nextId, (stored.at(-1)?.id ?? 0) + 1);
    const isTaken = ofRun.some(isOther);
    if (isTaken) this.#firstOfRun = this.#nextId;
    const kept = isTaken ? ofRun.map((event) => this.#renumber(event)) : ofRun;
    const ids = new Set(kept.map(({ id }) => id));
    this.#events = [...stored.filter(({ id }) => !ids.has(id)), ...kept].slice(-this.#capacity);
    for (const event of kept) this.#recorder.event(event);
  }

  #renumber(event: EventInfo): EventInfo {
    const moved = { ...event, id: this.#nextId++ };
    this.removed.emit(event.id);
    this.appended.emit(moved);
    return moved;
  }

  /**
   * Call when the hub's clock was set: moves the events of this run, since `startedAt` by the old clock, by the step.
   * Notes stay, because a note belongs to what a chart showed at its time.
   */
  clockSet({ stepMs, startedAt }: { stepMs: number; startedAt: number }): void {
    this.#events = this.#events.map((event) => {
      if (event.id < this.#firstOfRun || event.kind === 'note' || event.at < startedAt) return event;
      const moved = { ...event, at: event.at + stepMs };
      this.#recorder.event(moved);
      return moved;
    });
  }

  /** Returns the newest `limit` events in `[from, to)`, of one device or of all, oldest first. */
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

  /**
   * Replaces the text of a note, or removes the note if the text is null. Returns null if there is no such note in
   * memory.
   */
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
