import type { DatabaseSync } from 'node:sqlite';
import type { RecordKind } from '../../store-contract/records';
import { markSum, rowSum, seriesBlockSum } from '../checksums';
import type { Value } from './records';
import type { FoundRow } from './trees';

/** A table whose rows have a checksum of their own, in their last column. */
interface SmallTable {
  name: string;
  /** Columns, with the checksum. */
  columns: number;
  /** Whether the first column is the row's id, which records leave empty. */
  hasRowId: boolean;
  /** Whether there is a second table with the same rows. */
  hasCopy?: boolean;
  sum(values: readonly Value[]): number;
  /** Whether the values are what this table has, which tells tables with as many columns apart. */
  fits(values: readonly Value[]): boolean;
}

const isNumber = (value: Value | undefined): boolean => typeof value === 'number';
const isText = (value: Value | undefined): boolean => typeof value === 'string';

export const SMALL_TABLES: readonly SmallTable[] = [
  {
    name: 'devices',
    columns: 3,
    hasRowId: true,
    hasCopy: true,
    sum: (values) => rowSum(...values),
    fits: ([id, name]) => isNumber(id) && (name === null || isText(name)),
  },
  {
    name: 'series_blocks',
    columns: 4,
    hasRowId: true,
    hasCopy: true,
    sum: ([id, count, block]) =>
      block instanceof Uint8Array ? seriesBlockSum(Number(id), Number(count), block) : Number.NaN,
    fits: ([id, count, block]) => isNumber(id) && isNumber(count) && block instanceof Uint8Array,
  },
  {
    // In files of earlier versions.
    name: 'series',
    columns: 10,
    hasRowId: true,
    hasCopy: true,
    sum: (values) => rowSum(...values),
    fits: ([id, device, key]) => isNumber(id) && isNumber(device) && isText(key),
  },
  {
    name: 'events',
    columns: 7,
    hasRowId: true,
    sum: (values) => rowSum(...values),
    fits: ([id, at, kind]) => isNumber(id) && isNumber(at) && isText(kind),
  },
  {
    name: 'marks',
    columns: 5,
    hasRowId: false,
    sum: ([device, , seq]) => markSum(Number(device), Number(seq)),
    fits: ([device, stream, seq]) => isNumber(device) && isText(stream) && isNumber(seq),
  },
  {
    name: 'meta',
    columns: 3,
    hasRowId: false,
    sum: (values) => rowSum(...values),
    fits: ([key]) => isText(key),
  },
  {
    name: 'dirty_hours',
    columns: 3,
    hasRowId: false,
    sum: (values) => rowSum(...values),
    fits: ([device, hour]) => isNumber(device) && isNumber(hour),
  },
  recordTable('known_devices', 'device'),
  recordTable('token_uses', 'token-use'),
];

/** See `record-table.ts`. Two tables with the same columns are told apart by their sums, which include the kind. */
function recordTable(name: string, kind: RecordKind): SmallTable {
  return {
    name,
    columns: 4,
    hasRowId: false,
    sum: (values) => rowSum(kind, ...values),
    fits: ([id, rev, body]) => isText(id) && isNumber(rev) && (body === null || isText(body)),
  };
}

/** Copies whole rows of small tables, and counts those that are not. */
export class SmallTableCopy {
  /** Rows that are damaged, by table. */
  readonly damaged = new Map<string, number>();
  readonly copied = new Map<string, number>();
  readonly #insert: ReadonlyMap<string, ReturnType<DatabaseSync['prepare']>>;

  constructor(db: DatabaseSync) {
    this.#insert = new Map(
      SMALL_TABLES.map(({ name, columns }) => [
        name,
        db.prepare(`INSERT OR IGNORE INTO ${name} VALUES (${new Array(columns).fill('?').join(', ')})`),
      ]),
    );
  }

  /** A row of the tree of a table, or of the tree of its copy. */
  take(name: string, row: FoundRow): void {
    const table = SMALL_TABLES.find((one) => one.name === name);
    if (table && this.#add(table, row)) return;
    this.damaged.set(name, (this.damaged.get(name) ?? 0) + 1);
  }

  /** A row of an unknown table; whether it was one of these. */
  takeAny(row: FoundRow): boolean {
    return SMALL_TABLES.some((table) => this.#add(table, row));
  }

  #add(table: SmallTable, { rowId, values }: FoundRow): boolean {
    if (!values || (rowId !== null) !== table.hasRowId) return false;
    const whole = table.hasRowId ? [rowId, ...values.slice(1)] : [...values];
    // Rows of an earlier version of the file have no checksum, and perhaps lack the columns before it.
    const isOlder = values.length < table.columns;
    if (
      !table.fits(whole) ||
      values.length > table.columns ||
      (isOlder && values.length < table.columns - 2)
    ) {
      return false;
    }
    const data = isOlder
      ? [...whole, ...new Array<null>(table.columns - 1 - whole.length).fill(null)]
      : whole.slice(0, -1);
    const sum = table.sum(data);
    if (!isOlder && whole.at(-1) !== sum) return false;
    const { changes } = this.#insert.get(table.name)?.run(...data, sum) ?? { changes: 0 };
    if (Number(changes) > 0) this.copied.set(table.name, (this.copied.get(table.name) ?? 0) + 1);
    return true;
  }
}
