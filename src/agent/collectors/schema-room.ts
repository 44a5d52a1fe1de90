import { MAX_SCHEMA_BYTES, MAX_SERIES } from './priorities';
import type { Slot } from './series-slots';

/** The slots that a schema has room for, machine-wide ones first, and those left out. */
export interface SchemaRoom {
  slots: Slot[];
  leftOut: Slot[];
  /** Whether some slots are not in the schema, including those of things that are gone. */
  isFull: boolean;
}

/** Picks slots by priority. If there is not room for all, slots of things that are gone are left out first. */
export function chooseSlots(all: readonly Slot[]): SchemaRoom {
  const sorted = [...all].sort((a, b) => a.priority - b.priority);
  const everything = fill(sorted);
  if (everything.leftOut.length === 0) return { ...everything, isFull: false };
  return { ...fill(sorted.filter(({ gone }) => !gone)), isFull: true };
}

function fill(sorted: readonly Slot[]): { slots: Slot[]; leftOut: Slot[] } {
  let bytes = 0;
  for (const [i, { declaration }] of sorted.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(declaration)) + 1;
    if (i >= MAX_SERIES || bytes > MAX_SCHEMA_BYTES) {
      return { slots: sorted.slice(0, i), leftOut: sorted.slice(i) };
    }
  }
  return { slots: [...sorted], leftOut: [] };
}

/** Returns the name of a series in a warning: `system.network.io{br-0,receive}`. */
export function slotName({ declaration: { name, labels } }: Slot): string {
  const values = Object.values(labels ?? {});
  return values.length === 0 ? name : `${name}{${values.join(',')}}`;
}
