import type { Unsubscribe } from '@shared/disposable';

/** A key or a sequence of keys (`G F`), with a description of its effect. */
export interface KeyBinding {
  keys: string;
  label: string;
  /** The heading of this key in the list of keys. */
  group: string;
  /** Null if the focused element handles the key itself: then it is only listed. */
  run: (() => void) | null;
  /** False while the key has no effect; then it is not listed either. Without it, the key always works. */
  when?: () => boolean;
  /** Also works while typing and inside dialogs; only sensible with `Mod`. */
  everywhere?: boolean;
}

/** A sequence must be completed within this time, ms. */
const SEQUENCE_MS = 900;

const TYPING = 'input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable="true"]';
const USES_SPACE = 'button, input, summary, [role="button"], [role="switch"], [role="tab"], [role="option"]';
const OWN_KEYS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';

/** The keys that work now. Views add theirs while they are shown; the latest wins. */
export class KeyMap {
  readonly #bindings: KeyBinding[] = [];
  #pressed: string | null = null;
  #pressedAt = 0;

  /** The keys that have an effect now. */
  get usable(): readonly KeyBinding[] {
    return this.#bindings.filter(({ when }) => when?.() ?? true);
  }

  add(bindings: readonly KeyBinding[]): Unsubscribe {
    this.#bindings.unshift(...bindings);
    return () => {
      for (const binding of bindings) {
        const index = this.#bindings.indexOf(binding);
        if (index >= 0) this.#bindings.splice(index, 1);
      }
    };
  }

  /** Runs the binding for a `keydown` event, if there is one. */
  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const key = nameOf(event);
    if (key === null) return;
    const target = event.target instanceof Element ? event.target : null;
    const busy =
      target !== null &&
      (target.matches(TYPING) ||
        target.closest(OWN_KEYS) !== null ||
        (key === 'Space' && target.matches(USES_SPACE)));
    const first = event.timeStamp - this.#pressedAt < SEQUENCE_MS ? this.#pressed : null;
    const usable = this.usable.filter(({ run, everywhere }) => run && (!busy || everywhere === true));
    const binding =
      (first === null ? undefined : usable.find(({ keys }) => keys === `${first} ${key}`)) ??
      usable.find(({ keys }) => keys === key);
    this.#pressed = null;
    if (binding) {
      event.preventDefault();
      binding.run?.();
    } else if (usable.some(({ keys }) => keys.startsWith(`${key} `))) {
      this.#pressed = key;
      this.#pressedAt = event.timeStamp;
    }
  }
}

/** `Mod K`, `G`, `?`, `Space`, `Shift ArrowLeft`; null for modifiers alone and for system shortcuts. */
function nameOf(event: KeyboardEvent): string | null {
  if (event.altKey || ['Control', 'Meta', 'Shift', 'Alt'].includes(event.key)) return null;
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (event.ctrlKey || event.metaKey) return `Mod ${key}`;
  return event.shiftKey && key.startsWith('Arrow') ? `Shift ${key}` : key;
}

export const keyMap = new KeyMap();
