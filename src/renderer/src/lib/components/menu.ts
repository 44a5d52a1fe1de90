import type { IconComponent } from './Button.svelte';

/** One line of a menu; `items` makes it a submenu, `choice` a radio of the group it stands in. */
export type MenuEntry =
  | { type: 'separator' }
  | { type: 'heading'; label: string }
  | {
      type: 'item';
      label: string;
      icon?: IconComponent;
      keys?: string;
      tone?: 'danger';
      disabled?: boolean;
      checked?: boolean;
      onselect: () => void;
    }
  | { type: 'submenu'; label: string; icon?: IconComponent; items: MenuEntry[] };
