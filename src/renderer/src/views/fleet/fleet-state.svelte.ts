import { Remembered, oneOf } from '../../lib/components/remembered.svelte';
import { SORTS } from './device-sort';

/** The display options of the fleet. They outlive the view, so that the fleet is unchanged on return from a device. */
class FleetState {
  filter = $state('');
  /** The device selected with the arrow keys. */
  activeId = $state<string | null>(null);
  scrollTop = 0;
  readonly layout = new Remembered('fleet.layout', oneOf(['cards', 'table']));
  readonly sort = new Remembered('fleet.sort', oneOf(SORTS));
}

export const fleet = new FleetState();
