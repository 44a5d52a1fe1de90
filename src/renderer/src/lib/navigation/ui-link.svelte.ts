import type { UiRole } from '@shared/model';
import { showFault, tickingNow } from '../components';
import { isDesktop } from '../hub/connect';
import type { HubState } from '../hub/hub-state.svelte';

/** A link that opens this UI in another browser, and the time for which it still works. */
export class UiLink {
  readonly #hub: HubState;
  #made = $state.raw<{ urls: string[]; expiresAt: number; role: UiRole } | null>(null);
  readonly #secondsLeft = $derived(
    this.#made === null ? 0 : Math.max(0, Math.ceil((this.#made.expiresAt - tickingNow()) / 1_000)),
  );
  /** Null before one was made, and after it has expired. */
  readonly current = $derived(this.#secondsLeft > 0 ? this.#made : null);
  /** `9:07`. */
  readonly timeLeft = $derived(
    `${Math.floor(this.#secondsLeft / 60)}:${String(this.#secondsLeft % 60).padStart(2, '0')}`,
  );

  constructor(hub: HubState) {
    this.#hub = hub;
  }

  /** Shows a message if the link cannot be made. */
  async create(role: UiRole): Promise<void> {
    // The page's address without the code or route in its fragment.
    const page = `${location.origin}${location.pathname}`;
    try {
      this.#made = {
        ...(await this.#hub.api.call('createUiLink', { role, ...(isDesktop() ? {} : { page }) })),
        role,
      };
    } catch (error) {
      showFault('The link could not be created', error);
    }
  }

  forget(): void {
    this.#made = null;
  }
}
