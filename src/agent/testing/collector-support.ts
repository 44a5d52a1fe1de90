import { systemClock } from '@shared/clock';
import type { Collector } from '../collectors/collector';
import { SlotTable } from '../collectors/series-slots';

/** Helpers of the collectors' tests. */

/** A table, and the warnings that its collector reported. */
export function newSlots(): { slots: SlotTable; warnings: string[]; recoveries: string[] } {
  const warnings: string[] = [];
  const recoveries: string[] = [];
  const slots = new SlotTable(() => systemClock.monotonic(), {
    warn: (text) => warnings.push(text),
    info: (text) => recoveries.push(text),
  });
  return { slots, warnings, recoveries };
}

/** Values by `name{label values}`. */
export function valuesOf(slots: SlotTable): Record<string, number | null> {
  return Object.fromEntries(
    [...slots.values()].map(({ declaration: { name, labels }, value }) => [
      labels && Object.keys(labels).length > 0 ? `${name}{${Object.values(labels).join(',')}}` : name,
      value,
    ]),
  );
}

/** Each series as `name{label values} unit kind`, with the bounds of its values where it has some, and its value. */
export function seriesOf(slots: SlotTable): Record<string, number | null> {
  return Object.fromEntries(
    [...slots.values()].map(({ declaration: { name, labels, unit, kind, min, max }, value }) => {
      const values = labels && Object.keys(labels).length > 0 ? `{${Object.values(labels).join(',')}}` : '';
      const bounds = min === undefined ? '' : ` ${min}..${max ?? ''}`;
      return [`${name}${values} ${unit} ${kind}${bounds}`, value];
    }),
  );
}

export async function readOnce(collector: Collector): Promise<Record<string, number | null>> {
  const { slots } = newSlots();
  await collector.read(slots);
  collector.dispose?.();
  return valuesOf(slots);
}

/** Lines of a file that a fuzzer may have damaged: whole ones, cut ones, other numbers, other bytes. */
export const NONSENSE_TOKENS = [
  '',
  '-1',
  'nan',
  'inf',
  '1e999',
  '0x10',
  '99999999999999999999999',
  '½',
  '\0',
];
