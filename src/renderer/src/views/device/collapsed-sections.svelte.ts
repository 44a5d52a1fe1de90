import { Remembered } from '../../lib/components/remembered.svelte';

/** Names come from devices, so their number is limited. */
const MOST = 64;

/** The chart sections that are closed on all devices' pages of this browser. */
class CollapsedSections {
  readonly #kept = new Remembered<string>('device-collapsed', (stored) => stored ?? '[]');
  readonly #names = $derived(parse(this.#kept.value));

  has(name: string): boolean {
    return this.#names.has(name);
  }

  toggle(name: string): void {
    const next = new Set(this.#names);
    if (!next.delete(name)) next.add(name);
    this.#kept.value = JSON.stringify([...next].slice(-MOST));
  }

  open(name: string): void {
    if (this.#names.has(name)) this.toggle(name);
  }
}

function parse(text: string): ReadonlySet<string> {
  try {
    const stored: unknown = JSON.parse(text);
    return new Set(
      Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, MOST) : [],
    );
  } catch {
    return new Set();
  }
}

export const collapsed = new CollapsedSections();
