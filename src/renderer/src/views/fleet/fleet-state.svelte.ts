import { Remembered, oneOf } from '../../lib/components/remembered.svelte';
import { SORTS } from './device-sort';

/** How the fleet is shown. Outlives the view, so that coming back from a device finds everything as it was. */
class FleetState {
  filter = $state('');
  /** The device that the arrow keys are at. */
  activeId = $state<string | null>(null);
  scrollTop = 0;
  readonly layout = new Remembered('fleet.layout', oneOf(['cards', 'table']));
  readonly sort = new Remembered('fleet.sort', oneOf(SORTS));
}

export const fleet = new FleetState();
