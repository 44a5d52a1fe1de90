import type { KeyBinding } from '../../components/keys';

const listed = (keys: string, label: string): KeyBinding => ({ keys, label, group: 'On a chart', run: null });

/** The chart's keys and gestures, only for the list of keys: the chart handles them itself. */
export const CHART_KEYS: readonly KeyBinding[] = [
  listed('ArrowLeft ArrowRight', 'Read values one by one'),
  listed('Home End', 'First and last value'),
  listed('PageUp PageDown', 'Move by a tenth of the chart'),
  listed('+ -', 'Zoom in and out'),
  listed('Drag', 'Zoom to a period'),
  listed('Mod Wheel', 'Zoom at the pointer'),
  listed('Shift Drag', 'Pan (also Shift and wheel)'),
  listed('Double-click', 'Undo the last zoom'),
];
