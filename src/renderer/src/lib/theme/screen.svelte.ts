import { MediaQuery } from 'svelte/reactivity';

/** At most this wide, in CSS pixels, is a phone: tabs below the page, dialogs as sheets, one thing at a time. */
export const PHONE_WIDTH = 640;
/** At most this wide, the sidebar shows only icons. */
const NARROW_WIDTH = 1_000;

/**
 * What layouts that CSS alone cannot make have to know about the screen. Where CSS can, it has the same limits in its
 * media queries.
 */
class Screen {
  readonly #phone = new MediaQuery(`max-width: ${PHONE_WIDTH}px`);
  readonly #narrow = new MediaQuery(`max-width: ${NARROW_WIDTH}px`);
  readonly #coarse = new MediaQuery(`(max-width: ${PHONE_WIDTH}px), (pointer: coarse)`);

  get phone(): boolean {
    return this.#phone.current;
  }

  get narrow(): boolean {
    return this.#narrow.current;
  }

  /** Whether a finger may come, so that rows and buttons are at least 44 px high. */
  get coarse(): boolean {
    return this.#coarse.current;
  }
}

export const screen = new Screen();
