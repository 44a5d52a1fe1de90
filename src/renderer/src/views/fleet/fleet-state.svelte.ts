import {
  FLEET_LAYOUTS,
  formatFleetList,
  parseFleetList,
  USUAL_LIST,
  type FleetList,
} from '../../lib/routes/fleet-link';

const KEY = 'wirewatch.fleet.list';

/** What the fleet lists and how. It outlives the view, so that the fleet is unchanged on return from a device. */
class FleetState {
  filter = $state('');
  /** Everything but the filter is kept across restarts, because a forgotten filter would hide devices. */
  #list = $state.raw<FleetList>(stored());
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
    this.#list = { ...this.#list, ...change, filter: '' };
    try {
      localStorage.setItem(KEY, formatFleetList(this.#list));
    } catch {
      // Without storage the choice lasts until the window closes.
    }
  }

  switchLayout(): void {
    const next = FLEET_LAYOUTS.find((layout) => layout !== this.layout);
    if (next) this.set({ layout: next });
  }
}

function stored(): FleetList {
  try {
    return parseFleetList(localStorage.getItem(KEY) ?? '') ?? USUAL_LIST;
  } catch {
    return USUAL_LIST;
  }
}

export const fleet = new FleetState();
