import type { CommitBatch, RowBatch, StoreColumns } from '../store-contract/store-contract';

/**
 * Translates between the ids of series in the running hub and those in the database. They are the same, except for
 * series that the hub met while it could not read the database, or while another hub wrote to it.
 */
export class SeriesIds {
  #stored: ReadonlyMap<number, number> = new Map();
  #hub: ReadonlyMap<number, number> = new Map();

  /** Sets the stored id for each of the hub's ids that differ. */
  set(stored: ReadonlyMap<number, number>): void {
    this.#stored = stored;
    this.#hub = new Map(Array.from(stored, ([hub, id]) => [id, hub]));
  }

  toStored<T extends { series: number[] }>(query: T): T {
    if (this.#stored.size === 0) return query;
    return { ...query, series: query.series.map((id) => this.#stored.get(id) ?? id) };
  }

  batchToStored(batch: CommitBatch): CommitBatch {
    if (this.#stored.size === 0) return batch;
    return {
      ...batch,
      series: batch.series.map((one) => ({ ...one, id: this.#stored.get(one.id) ?? one.id })),
      rows: batch.rows.map((rows) => this.#rowsToStored(rows)),
    };
  }

  toHub(columns: StoreColumns[]): StoreColumns[] {
    if (this.#hub.size === 0) return columns;
    return columns.map((one) => ({ ...one, series: this.#hub.get(one.series) ?? one.series }));
  }

  #rowsToStored(rows: RowBatch): RowBatch {
    if (!rows.series.some((id) => this.#stored.has(id))) return rows;
    return { ...rows, series: rows.series.map((id) => this.#stored.get(id) ?? id) };
  }
}
