import type { HubState } from '../hub/hub-state.svelte';
import type { KeyBinding } from '../components/keys';
import { router } from '../routes/router.svelte';
import { railFold } from './rail-fold.svelte';
import { ui } from './ui.svelte';

/** Returns the keys that work on every page. */
export function commonKeys(hub: HubState): KeyBinding[] {
  return [
    {
      keys: 'Mod K',
      label: 'Search and commands',
      group: 'Everywhere',
      everywhere: true,
      run: () => ui.toggle('palette'),
    },
    {
      keys: 'Space',
      label: 'Pause and resume',
      group: 'Everywhere',
      run: () => (hub.paused = !hub.paused),
    },
    {
      keys: 'A',
      label: 'Add device',
      group: 'Everywhere',
      run: () => ui.show('add-device'),
      when: () => !hub.viewOnly,
    },
    {
      keys: 'Mod B',
      label: 'Fold the sidebar',
      group: 'Everywhere',
      run: () => railFold.toggle(),
      when: () => railFold.offered,
    },
    { keys: '?', label: 'Show keyboard shortcuts', group: 'Everywhere', run: () => ui.show('keys') },
    { keys: 'G F', label: 'Fleet', group: 'Go to', run: () => router.go({ page: 'fleet' }) },
    { keys: 'G E', label: 'Explore', group: 'Go to', run: () => router.go({ page: 'explore' }) },
    { keys: 'G B', label: 'Boards', group: 'Go to', run: () => router.go({ page: 'boards' }) },
    {
      keys: 'G C',
      label: 'Connections',
      group: 'Go to',
      run: () => router.go({ page: 'connections', session: null }),
    },
    { keys: 'G S', label: 'Settings', group: 'Go to', run: () => router.go({ page: 'settings' }) },
  ];
}
