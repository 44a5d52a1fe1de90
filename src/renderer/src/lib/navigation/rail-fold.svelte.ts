import { oneOf, Remembered } from '../components/remembered.svelte';
import { screen } from '../theme/screen.svelte';

/** Whether the sidebar shows only icons: by choice, or because the window is narrow. */
class RailFold {
  readonly #chosen = new Remembered<'open' | 'folded'>('rail', oneOf(['open', 'folded']));

  get folded(): boolean {
    return screen.narrow || this.#chosen.value === 'folded';
  }

  /** Whether there is a choice. */
  get offered(): boolean {
    return !screen.narrow;
  }

  toggle(): void {
    if (this.offered) this.#chosen.value = this.#chosen.value === 'folded' ? 'open' : 'folded';
  }
}

export const railFold = new RailFold();
