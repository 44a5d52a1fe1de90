import { Remembered } from '../../lib/components/remembered.svelte';
import {
  FLEET_LAYOUTS,
  formatFleetList,
  parseFleetList,
  USUAL_LIST,
  type FleetList,
} from '../../lib/routes/fleet-link';

/** What the fleet lists and how. It outlives the view, so that the fleet is unchanged on return from a device. */
class FleetState {
  filter = $state('');
  /** Everything but the filter is kept across restarts, because a forgotten filter would hide devices. */
  readonly #kept = new Remembered<string>('fleet.list', (stored) => stored ?? '');
  readonly #list = $derived(parseFleetList(this.#kept.value) ?? USUAL_LIST);
  /** The device selected with the arrow keys. */
  activeId = $state<string | null>(null);
  scrollTop = 0;

  get list(): FleetList {
    return { ...this.#list, filter: this.filter };
  }

  get sort() {
    return this.#list.sort;
  }
  get group() {
    return this.#list.group;
  }
  get layout() {
    return this.#list.layout;
  }
  get columns() {
    return this.#list.columns;
  }

  set({ wall: _, ...change }: Partial<FleetList>): void {
    if (change.filter !== undefined) this.filter = change.filter;
    this.#kept.value = formatFleetList({ ...this.#list, ...change, filter: '' });
  }

  switchLayout(): void {
    const next = FLEET_LAYOUTS.find((layout) => layout !== this.layout);
    if (next) this.set({ layout: next });
  }
}

export const fleet = new FleetState();
