import type { Fault } from '@shared/errors';
import type { SchemaMessage } from '@shared/protocol/agent-messages';
import type { Series } from '../series/series';
import type { SeriesTable } from '../series/series-table';
import { createWriter, type RowWriter } from './row-writer';

/** A schema of one connection resolved to the hub's series: the destination of each column of its rows. */
export interface SchemaBinding {
  version: number;
  /** The number of columns that the schema declared, including refused ones. */
  width: number;
  write: RowWriter;
  accepted: number;
}

/** Resolves a schema to series, creating new ones. `refused` has one fault per kind of problem, with its count. */
export function bindSchema(
  table: SeriesTable,
  device: string,
  message: SchemaMessage,
): { binding: SchemaBinding; refused: { fault: Fault; count: number }[]; changed: boolean } {
  const slots: (Series | null)[] = [];
  const refused = new Map<string, { fault: Fault; count: number }>();
  const seen = new Set<number>();
  let changed = false;
  const refuse = (fault: Fault): void => {
    const known = refused.get(fault.code);
    if (known) known.count++;
    else refused.set(fault.code, { fault, count: 1 });
    slots.push(null);
  };
  for (const declaration of message.series) {
    const declared = table.declare(device, declaration);
    if (!declared.ok) refuse(declared.error);
    else if (seen.has(declared.value.series.id)) {
      refuse({ code: 'DUPLICATE_SERIES', message: `"${declaration.name}" is declared twice in one schema.` });
    } else {
      seen.add(declared.value.series.id);
      slots.push(declared.value.series);
      changed ||= declared.value.changed;
    }
  }
  const binding: SchemaBinding = {
    version: message.version,
    width: slots.length,
    write: createWriter(table, device, slots),
    accepted: seen.size,
  };
  return { binding, refused: [...refused.values()], changed };
}
