import type { IconComponent } from './Button.svelte';

/** One entry of a menu; `items` makes it a submenu, `choice` a radio button of its group. */
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
