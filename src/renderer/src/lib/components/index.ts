export { default as Badge } from './Badge.svelte';
export { default as Button, type IconComponent } from './Button.svelte';
export { default as ConfirmDialog } from './ConfirmDialog.svelte';
export { default as ContextMenu } from './ContextMenu.svelte';
export { default as CopyField } from './CopyField.svelte';
export { default as Dialog } from './Dialog.svelte';
export { default as EmptyState } from './EmptyState.svelte';
export { default as Field } from './Field.svelte';
export { default as IconButton } from './IconButton.svelte';
export { default as Kbd } from './Kbd.svelte';
export { default as Menu } from './Menu.svelte';
export { default as PageHeader } from './PageHeader.svelte';
export { default as RelativeTime } from './RelativeTime.svelte';
export { default as Segmented } from './Segmented.svelte';
export { default as Select } from './Select.svelte';
export { default as StateDot } from './StateDot.svelte';
export { default as Switch } from './Switch.svelte';
export { default as Tabs } from './Tabs.svelte';
export { default as TextInput } from './TextInput.svelte';
export { default as Tooltip } from './Tooltip.svelte';
export { default as VirtualGrid } from './VirtualGrid.svelte';
export { default as VirtualList } from './VirtualList.svelte';
export { STATE_ORDER, STATE_WORDS } from './connection-state';
export { copyText } from './copy';
export type { MenuEntry } from './menu';
export { tickingNow } from './now.svelte';
export {
  describeAgo,
  describeDuration,
  describeInterval,
  describeMoment,
  describeRoundTrip,
} from './time-words';
export { showFault, showToast, type ToastAction, type ToastSpec, type ToastTone } from './toast';
