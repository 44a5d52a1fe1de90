const KEY = 'wirewatch.device-collapsed';
/** Names come from devices, so their number is limited. */
const MOST = 64;

/** The chart sections that are closed on all devices' pages of this browser. */
class CollapsedSections {
  #names = $state.raw<ReadonlySet<string>>(read());

  has(name: string): boolean {
    return this.#names.has(name);
  }

  toggle(name: string): void {
    const next = new Set(this.#names);
    if (!next.delete(name)) next.add(name);
    this.#set(next);
  }

  open(name: string): void {
    if (this.#names.has(name)) this.toggle(name);
  }

  #set(names: ReadonlySet<string>): void {
    this.#names = new Set([...names].slice(-MOST));
    try {
      localStorage.setItem(KEY, JSON.stringify([...this.#names]));
    } catch {
      // Without storage the choice lasts until the window closes.
    }
  }
}

function read(): ReadonlySet<string> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return new Set(
      Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, MOST) : [],
    );
  } catch {
    return new Set();
  }
}

export const collapsed = new CollapsedSections();
