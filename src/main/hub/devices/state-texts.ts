import type { ConnectionState, StateInfo } from '@shared/model';

/** Characters of a name and of a text; what is longer is cut. */
const MAX_CHARS = 256;

interface StateText {
  text: string;
  since: number;
  heardAt: number;
}

/** What became of a text: it is another than before (or the first), the same, older than the current one, or one too many. */
export type StateChange = 'changed' | 'same' | 'late' | 'full';

/** The texts that a device sends as values, such as `"state": "printing"`: the current one of each name. Bounded. */
export class StateTexts {
  readonly #byName = new Map<string, StateText>();

  /** `at` is when the device was in this state, ms since the epoch; `most` is how many names are kept. */
  set(name: string, words: string, at: number, most: number): StateChange {
    const key = name.slice(0, MAX_CHARS);
    const text = words.slice(0, MAX_CHARS);
    const known = this.#byName.get(key);
    if (!known) {
      if (this.#byName.size >= most) return 'full';
      this.#byName.set(key, { text, since: at, heardAt: at });
      return 'changed';
    }
    // A backlog tells of what was, not of what is.
    if (at < known.heardAt) return 'late';
    known.heardAt = at;
    if (known.text === text) return 'same';
    known.text = text;
    known.since = at;
    return 'changed';
  }

  /** As a UI sees them while the device is in `state`. Unless it is online, nobody knows what they are now. */
  list(state: ConnectionState): StateInfo[] {
    return Array.from(this.#byName, ([name, { text, since, heardAt }]) => ({
      name,
      text: state === 'online' ? text : null,
      last: text,
      since,
      heardAt,
    }));
  }

  clear(): void {
    this.#byName.clear();
  }
}
