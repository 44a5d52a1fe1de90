import { oneOf, Remembered } from './remembered.svelte';

export type Density = 'comfortable' | 'compact';

/** How close together things stand in this browser. CSS follows `data-density`; lists and charts read `value`. */
class DensityState {
  readonly #chosen = new Remembered<Density>('density', oneOf(['comfortable', 'compact']));

  constructor() {
    document.documentElement.dataset['density'] = this.#chosen.value;
  }

  get value(): Density {
    return this.#chosen.value;
  }

  set value(value: Density) {
    this.#chosen.value = value;
    document.documentElement.dataset['density'] = value;
  }

  toggle(): void {
    this.value = this.value === 'compact' ? 'comfortable' : 'compact';
  }
}

export const density = new DensityState();
