import type { RowsMessage } from '@shared/protocol/agent-messages';

/**
 * A `rows` message whose rows are stored one after another in one array: row `r` is `cells[ends[r - 1] … ends[r])`,
 * starting with its time; NaN means no value.
 */
export interface FlatRows {
  readonly type: 'flat-rows';
  readonly seq: number;
  readonly schema: number;
  readonly stream: string | undefined;
  readonly rows: number;
  readonly cells: Float64Array;
  readonly ends: Uint32Array;
}

/** Converts a message from the general parser. */
export function flatRows({ seq, schema, stream, rows }: RowsMessage): FlatRows {
  const ends = new Uint32Array(rows.length);
  let end = 0;
  for (const [r, row] of rows.entries()) ends[r] = end += row.length;
  const cells = new Float64Array(end);
  let at = 0;
  for (const row of rows) for (const cell of row) cells[at++] = cell ?? Number.NaN;
  return { type: 'flat-rows', seq, schema, stream, rows: rows.length, cells, ends };
}
