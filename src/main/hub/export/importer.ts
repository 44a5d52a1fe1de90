import type { Clock } from '@shared/clock';
import { FaultError, toFault } from '@shared/errors';
import type { Device } from '../devices/device';
import type { Series } from '../series/series';
import type { History } from '../history/history';
import type { ImportOptions, ImportSummary } from './export-contract';
import type { HubSamples } from './hub-source';
import { ImportPace } from './import-pace';
import { parseImportLine, type ImportLine } from './import-line';
import { splitLines } from './split-lines';

const MAX_LINE_BYTES = 8 * 1024 * 1024;
/** How often a commit that fails is tried before the import gives up. */
const COMMIT_TRIES = 3;
const MAX_FUTURE_MS = 24 * 3_600_000;

export interface ImportContext extends HubSamples {
  clock: Pick<Clock, 'now' | 'monotonic' | 'after'>;
}

/**
 * Stores the lines of an NDJSON export, as fast as the disk accepts them and behind the rows of devices that are there;
 * settles when all of it is on disk. A sample
 * with the same series and time replaces the one that was there, so an interrupted import can be run again. Rejects
 * with a `FaultError` that names the line: `NO_HISTORY`, `BAD_LINE`, `LINE_TOO_LONG`, `BAD_TEXT`,
 * `RATES_NOT_IMPORTED`, `FUTURE_TIME`, `SEVERAL_DEVICES`, `STORE_FULL`, `STORE_FAILED`, or the reason why a device or
 * series cannot be added. The lines before it are stored.
 */
export async function importSamples(
  hub: ImportContext,
  chunks: AsyncIterable<Uint8Array>,
  { device, firstLine = 1 }: ImportOptions = {},
): Promise<ImportSummary> {
  const { history } = hub;
  if (!history) {
    throw new FaultError('NO_HISTORY', 'This hub keeps no history on disk, so it cannot import anything.');
  }
  history.requireOpen();
  const target = new ImportTarget(hub, history);
  const pace = new ImportPace(hub.clock, () => !isAnyPresent(hub));
  let line = firstLine;
  let source: string | null = null;
  try {
    await settle(history);
    for await (const text of splitLines(chunks, MAX_LINE_BYTES)) {
      if (text.trim() !== '') {
        const parsed = parseImportLine(text, hub.clock.now());
        if (!parsed.ok) throw new FaultError(parsed.error.code, parsed.error.message);
        source ??= parsed.value.device;
        if (device !== undefined && parsed.value.device !== source) {
          throw new FaultError(
            'SEVERAL_DEVICES',
            `The file must contain only one device, but it contains both ${source} and ${parsed.value.device}.`,
          );
        }
        const taken = target.take(device === undefined ? parsed.value : { ...parsed.value, device });
        for (let from = 0, to = 0; from < taken.rows; from = to) {
          to = Math.min(taken.rows, from + Math.max(1, pace.room));
          taken.write(from, to);
          pace.added(to - from);
          if (pace.room === 0) await pace.settle(() => settle(history));
        }
      }
      line++;
    }
  } catch (error) {
    target.finish();
    if (!(error instanceof FaultError) || error.code.startsWith('STORE_')) throw error;
    const { code, message } = toFault(error);
    throw new FaultError(code, `Line ${line}: ${message}`);
  }
  target.finish();
  await settle(history);
  return target.summary;
}

/** Waits until everything passed to history so far is on disk. */
async function settle(history: History): Promise<void> {
  let isDurable = false;
  history.whenDurable(() => {
    isDurable = true;
  });
  for (let tries = 0; tries < COMMIT_TRIES && !isDurable; tries++) await history.flush();
  if (!isDurable) {
    const { problem } = await history.store.stats();
    const code = problem?.code === 'STORE_FULL' ? 'STORE_FULL' : 'STORE_FAILED';
    throw new FaultError(code, problem?.message ?? 'The history could not be written.');
  }
}

/** The target of one import's samples. */
class ImportTarget {
  readonly #hub: ImportContext;
  readonly #history: History;
  readonly #devices = new Set<Device>();
  readonly #series = new Set<number>();
  #lines = 0;
  #samples = 0;

  constructor(hub: ImportContext, history: History) {
    this.#hub = hub;
    this.#history = history;
  }

  get summary(): ImportSummary {
    return {
      lines: this.#lines,
      samples: this.#samples,
      series: this.#series.size,
      devices: this.#devices.size,
    };
  }

  /** Checks one line, or throws: then nothing of it is stored. Its rows are to be written piece by piece. */
  take(line: ImportLine): { rows: number; write: (from: number, to: number) => void } {
    const { t, v } = line;
    const latest = this.#hub.clock.now() + MAX_FUTURE_MS;
    if (t.some((time) => time > latest)) {
      throw new FaultError('FUTURE_TIME', 'Samples from more than a day in the future are not stored.');
    }
    const device = this.#device(line.device);
    const { metric: name, labels, unit, kind } = line;
    const declared = this.#hub.series.declare(device.id, { name, labels, unit, kind });
    if (!declared.ok) throw new FaultError(declared.error.code, declared.error.message);
    const { series } = declared.value;
    this.#devices.add(device);
    this.#series.add(series.id);
    this.#lines++;
    return { rows: t.length, write: (from, to) => this.#write(series, t.slice(from, to), v.slice(from, to)) };
  }

  #write(series: Series, t: readonly number[], v: readonly (number | null)[]): void {
    const recorded = this.#history.rows(series.device, [series]);
    // Queries within the rings' reach are answered from the rings alone, so the rings must know about these samples
    // too.
    const ringFrom = oldestInRings(series);
    const sheet = t.some((time) => time >= ringFrom) ? this.#hub.series.sheetAlone(series) : null;
    const cell = new Float64Array(1);
    for (const [i, time] of t.entries()) {
      const value = v[i] ?? null;
      // A null means that there is no value here; it does not remove an existing one.
      if (value === null) continue;
      this.#samples++;
      cell[0] = value;
      recorded.append(time, cell, 0, 1);
      if (sheet && time >= ringFrom) sheet.append(time, cell, 0, 1);
      else series.missingUntil = Math.max(series.missingUntil, time);
    }
  }

  /** Tells UIs about the changed devices. */
  finish(): void {
    // In one transaction with its last samples.
    this.#hub.devices.save();
    for (const device of this.#devices) this.#hub.devices.seriesChanged(device);
  }

  #device(id: string): Device {
    const { devices } = this.#hub;
    const known = devices.get(id);
    if (known) return known;
    const added = devices.add(id, id, null);
    if (!added.ok) throw new FaultError(added.error.code, added.error.message);
    const device = added.value;
    device.approve('import');
    device.explainAbsence({ code: 'IMPORTED', text: 'Its data was imported. It has never connected.' });
    devices.touchAndSave(device);
    return device;
  }
}

function oldestInRings({ places }: Series): number {
  return Math.min(Number.POSITIVE_INFINITY, ...places.map(({ sheet }) => sheet.pages[0]?.t[0] ?? Infinity));
}

function isAnyPresent({ devices }: ImportContext): boolean {
  for (const { isPresent } of devices.all()) if (isPresent) return true;
  return false;
}
