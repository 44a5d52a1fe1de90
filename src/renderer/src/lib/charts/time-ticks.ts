const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600].map((seconds) => seconds * SECOND);
const MAX_REMEMBERED = 256;

const toMinutes = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const toSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

const remembered = new Map<string, string>();

/** Local time to the second: `10:42:08`. */
export const formatClock = (time: number): string => toSeconds.format(time);

/** The step between ticks that leaves at least `spacing` pixels from one to the next. */
export function tickStep(rangeMs: number, width: number, spacing: number): number {
  const least = (rangeMs / Math.max(1, width)) * spacing;
  return STEPS.find((step) => step >= least) ?? 3_600_000;
}

/** A tick's label in local time, with seconds where the step needs them. */
export function tickLabel(time: number, step: number): string {
  const key = `${step < MINUTE ? 's' : 'm'}${time}`;
  let label = remembered.get(key);
  if (label === undefined) {
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    label = (step < MINUTE ? toSeconds : toMinutes).format(time);
    remembered.set(key, label);
  }
  return label;
}
