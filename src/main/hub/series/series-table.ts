import { Emitter } from '@shared/emitter';
import { fail, succeed, type Result } from '@shared/errors';
import { describeMetric } from '@shared/metrics/catalogue';
import type { Labels, MetricKind } from '@shared/model';
import type { Limits } from '@shared/protocol/limits';
import { formatSeriesKey } from '@shared/protocol/series-key';
import type { RingMemory } from './ring-memory';
import type { ChangeLog } from './change-log';
import type { Sheet, SheetChange } from './sheet';
import { memoryRecorder, type Recorder } from './recorder';
import { RestingSeries } from './resting-series';
import { guessUnit, restoreUnit, settleUnit, type Series, type SeriesIdentity } from './series';
import { SharedNames } from './shared-names';

export interface SeriesDraft {
  name: string;
  labels?: Labels | undefined;
  /** Empty or left out if the name implies it. */
  unit?: string | undefined;
  kind?: MetricKind | undefined;
  title?: string | undefined;
  min?: number | null | undefined;
  max?: number | null | undefined;
}

/** The unit that the user chose for a series of a device, by its key; undefined for none. */
export type ChosenUnit = (device: string, key: string) => string | undefined;

/** The most key sets of one device that get their own sheet; series of further sets get one sheet each. */
const MAX_SHEETS = 16;

interface DeviceSeries {
  byKey: Map<string, Series>;
  /** The series of `byKey` that do not count towards the limits. */
  resting: RestingSeries;
  sheets: Map<string, Sheet>;
}

/**
 * All series that the hub knows, by id, or by device and key; bounded by `seriesPerDevice` and `seriesTotal`. Series
 * that have long been silent rest when others need their room: their past stays readable, and they return unchanged.
 */
export class SeriesTable {
  readonly recorder: Recorder;
  readonly created: Emitter<Series>;
  /** Emits devices whose series are gone. */
  readonly forgotten: Emitter<string>;
  /** Emits single series that are gone although their device stays. */
  readonly dropped: Emitter<Series>;
  readonly #limits: Limits;
  readonly #memory: RingMemory;
  readonly #byId = new Map<number, Series>();
  readonly #byDevice = new Map<string, DeviceSeries>();
  readonly #names = new SharedNames();
  readonly #now: () => number;
  readonly #chosenUnit: ChosenUnit;
  #nextId = 1;
  #restingCount = 0;

  constructor(
    limits: Limits,
    memory: RingMemory,
    recorder: Recorder = memoryRecorder,
    onListenerFault?: (thrown: unknown) => void,
    now: () => number = Date.now,
    chosenUnit: ChosenUnit = () => undefined,
  ) {
    this.created = new Emitter(onListenerFault);
    this.forgotten = new Emitter(onListenerFault);
    this.dropped = new Emitter(onListenerFault);
    this.#now = now;
    this.#chosenUnit = chosenUnit;
    this.#limits = limits;
    this.#memory = memory;
    this.recorder = recorder;
  }

  /**
   * Adds the series that history loaded at start, and the newest sample of each device; ids are kept. If there are more
   * series than the limits allow, the most recently created ones stay active, and earlier ones rest.
   */
  restore(stored: readonly SeriesIdentity[], newest: ReadonlyMap<string, number>): void {
    for (const one of [...stored].sort((a, b) => a.id - b.id)) {
      this.#restoreOne(one, newest.get(one.device) ?? Number.NEGATIVE_INFINITY);
    }
  }

  /**
   * Adds the stored series when history opens after the hub has met devices. Series that the hub knows keep their ids.
   * Returns the stored ids that differ, by the hub's ids: of series that are stored under another id, and of new ones
   * whose id belongs to another series in the file.
   */
  join(stored: readonly SeriesIdentity[], newest: ReadonlyMap<string, number>): Map<number, number> {
    const differing = new Map<number, number>();
    const inFile = new Set(stored.map(({ id }) => id));
    const keys = new Map<string, Set<string>>();
    for (const { id } of stored) this.#nextId = Math.max(this.#nextId, id + 1);
    for (const one of [...stored].sort((a, b) => a.id - b.id)) {
      const ofDevice = keys.get(one.device);
      if (ofDevice) ofDevice.add(one.key);
      else keys.set(one.device, new Set([one.key]));
      const missingUntil = newest.get(one.device) ?? Number.NEGATIVE_INFINITY;
      const known = this.find(one.device, one.key);
      if (known) known.missingUntil = Math.max(known.missingUntil, missingUntil);
      const id = known?.id ?? (this.#byId.has(one.id) ? this.#nextId++ : one.id);
      if (!known) this.#restoreOne({ ...one, id }, missingUntil);
      if (id !== one.id) differing.set(id, one.id);
    }
    for (const { id, device, key } of this.#byId.values()) {
      if (inFile.has(id) && keys.get(device)?.has(key) !== true) differing.set(id, this.#nextId++);
    }
    return differing;
  }

  #restoreOne(one: SeriesIdentity, missingUntil: number): void {
    const own = restoreUnit(one);
    const names = this.#names.of(one.key, () => ({ metric: one.metric, labels: { ...one.labels } }));
    const series: Series = {
      id: one.id,
      device: one.device,
      key: names.key,
      metric: names.metric,
      labels: names.labels,
      unit: '',
      unitSource: 'known',
      ownUnit: own.ownUnit,
      isUnitGuessed: own.isUnitGuessed,
      kind: one.kind,
      title: one.title,
      min: one.min,
      max: one.max,
      places: [],
      missingUntil,
      declaredAt: Number.NEGATIVE_INFINITY,
    };
    this.settleUnit(series);
    const owned = this.#owned(one.device);
    if (this.#problemOfRoom(owned, one.key)) this.#makeRoom(owned);
    owned.byKey.set(names.key, series);
    this.#byId.set(one.id, series);
    this.created.emit(series);
    if (one.id >= this.#nextId) this.#nextId = one.id + 1;
  }

  /** The log of sheets that got rows or are gone, for readers. */
  get changes(): ChangeLog<SheetChange> {
    return this.#memory.changes;
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): Iterable<Series> {
    return this.#byId.values();
  }

  /** Finds a series; `key` is in the form of {@link formatSeriesKey}. */
  find(device: string, key: string): Series | undefined {
    return this.#byDevice.get(device)?.byKey.get(key);
  }

  byId(id: number): Series | undefined {
    return this.#byId.get(id);
  }

  ofDevice(device: string): Series[] {
    return [...(this.#byDevice.get(device)?.byKey.values() ?? [])];
  }

  countOf(device: string): number {
    return this.#byDevice.get(device)?.byKey.size ?? 0;
  }

  /** Finds or creates a series. `created` and `changed` say whether UIs should be told. */
  declare(device: string, draft: SeriesDraft): Result<{ series: Series; changed: boolean }> {
    const { name, labels = {} } = draft;
    const problem = this.#checkNames(name, labels);
    if (problem) return problem;
    // A lone surrogate would come back from disk as another character, which would make it a different series.
    const key = formatSeriesKey(name, labels).toWellFormed();
    if (key.length > this.#limits.seriesKeyLength) {
      return fail('BAD_LABELS', `"${name.slice(0, 80)}" and its labels are longer than the hub accepts.`);
    }
    const owned = this.#owned(device);
    const known = owned.byKey.get(key);
    if (known) {
      if (owned.resting.has(known)) {
        const full = this.#problemOfRoom(owned, key);
        if (full && !this.#makeRoom(owned)) return full;
        owned.resting.wake(known);
        this.#restingCount--;
      }
      owned.resting.declared(known, this.#now());
      const changed = updateMetadata(known, draft);
      if (changed) {
        this.settleUnit(known);
        this.recorder.series(known);
      }
      return succeed({ series: known, changed });
    }
    const full = this.#problemOfRoom(owned, key);
    if (full && !this.#makeRoom(owned)) return full;
    const described = describeMetric(name);
    const names = this.#names.of(key, () => ({ metric: name.toWellFormed(), labels: sorted(labels) }));
    const own = draft.unit ? { ownUnit: draft.unit, isUnitGuessed: false } : guessUnit(name);
    // All fields are in one literal, as in `#restoreOne`: a spread would make each of a million series larger.
    const series: Series = {
      id: this.#nextId++,
      device,
      key: names.key,
      metric: names.metric,
      labels: names.labels,
      unit: '',
      unitSource: 'known',
      ownUnit: own.ownUnit,
      isUnitGuessed: own.isUnitGuessed,
      kind: draft.kind ?? described?.kind ?? 'gauge',
      title: draft.title ?? null,
      min: draft.min ?? null,
      max: draft.max ?? null,
      places: [],
      missingUntil: Number.NEGATIVE_INFINITY,
      declaredAt: Number.NEGATIVE_INFINITY,
    };
    this.settleUnit(series);
    owned.byKey.set(names.key, series);
    owned.resting.declared(series, this.#now());
    this.#byId.set(series.id, series);
    this.recorder.series(series);
    this.created.emit(series);
    return succeed({ series, changed: true });
  }

  /** Applies the unit that the user chose, or else the series' own. */
  settleUnit(series: Series): void {
    settleUnit(series, this.#chosenUnit(series.device, series.key));
  }

  /** Returns the sheet for series that arrive together; null if the device already has too many key sets. */
  sheetFor(device: string, together: readonly Series[]): Sheet | null {
    const owned = this.#owned(device);
    const key = together.map((series) => series.id).join(' ');
    const known = owned.sheets.get(key);
    if (known) return known;
    if (owned.sheets.size >= MAX_SHEETS) return null;
    const sheet = this.#place(together);
    owned.sheets.set(key, sheet);
    return sheet;
  }

  /** Returns the sheet of one series alone; each series has at most one. */
  sheetAlone(series: Series): Sheet {
    const known = series.places.find((place) => place.sheet.width === 1);
    return known ? known.sheet : this.#place([series]);
  }

  /** Call when the hub's clock was set; `stepMs` is negative if it was set back. */
  clockSet(stepMs: number): void {
    for (const { resting } of this.#byDevice.values()) resting.clockSet(stepMs);
  }

  forgetDevice(device: string): number[] {
    const owned = this.#byDevice.get(device);
    if (!owned) return [];
    const sheets = new Set<Sheet>();
    for (const series of owned.byKey.values()) {
      for (const { sheet } of series.places) sheets.add(sheet);
      series.places = [];
      this.#byId.delete(series.id);
    }
    for (const sheet of sheets) this.#memory.dropSheet(sheet);
    this.#restingCount -= owned.resting.size;
    this.#byDevice.delete(device);
    const ids = Array.from(owned.byKey.values(), (series) => series.id);
    this.changes.add({ sheets, series: ids });
    this.forgotten.emit(device);
    return ids;
  }

  /** Returns why one more series of this device would be too many; null if there is room. */
  #problemOfRoom({ byKey, resting }: DeviceSeries, key: string): ReturnType<typeof fail> | null {
    const { seriesPerDevice, seriesTotal } = this.#limits;
    if (byKey.size - resting.size >= seriesPerDevice) {
      return fail(
        'TOO_MANY_SERIES',
        `A device can have at most ${seriesPerDevice} series; "${key.slice(0, 80)}" is one too many.`,
      );
    }
    if (this.#byId.size - this.#restingCount >= seriesTotal) {
      return fail('HUB_FULL', `The hub has reached its limit of ${seriesTotal} series.`);
    }
    return null;
  }

  /** Makes the device's longest silent series rest; false if none has been silent for long. */
  #makeRoom({ byKey, resting }: DeviceSeries): boolean {
    if (resting.size >= this.#limits.restingSeriesPerDevice) {
      const gone = resting.longestSilent(resting.all(), this.#now());
      if (!gone) return false;
      resting.wake(gone);
      this.#restingCount--;
      byKey.delete(gone.key);
      this.#byId.delete(gone.id);
      const alone = gone.places.filter(({ sheet }) => sheet.width === 1).map(({ sheet }) => sheet);
      for (const sheet of alone) this.#memory.dropSheet(sheet);
      this.changes.add({ sheets: alone, series: [gone.id] });
      this.dropped.emit(gone);
    }
    const silent = resting.longestSilent(byKey.values(), this.#now());
    if (!silent) return false;
    resting.rest(silent);
    this.#restingCount++;
    return true;
  }

  #place(together: readonly Series[]): Sheet {
    const sheet = this.#memory.createSheet(together.map((series) => series.id));
    for (const [column, series] of together.entries()) {
      series.places = [...series.places, { sheet, column }];
    }
    return sheet;
  }

  #owned(device: string): DeviceSeries {
    let owned = this.#byDevice.get(device);
    if (!owned) {
      owned = { byKey: new Map(), resting: new RestingSeries(), sheets: new Map() };
      this.#byDevice.set(device, owned);
    }
    return owned;
  }

  #checkNames(name: string, labels: Labels): ReturnType<typeof fail> | null {
    const { nameLength, labelValueLength, labelsPerSeries } = this.#limits;
    if (name === '' || name.length > nameLength) {
      return fail('BAD_NAME', `A metric name must have 1 to ${nameLength} characters.`);
    }
    const names = Object.keys(labels);
    if (names.length > labelsPerSeries) {
      return fail('TOO_MANY_LABELS', `"${name.slice(0, 80)}" has more than ${labelsPerSeries} labels.`);
    }
    for (const label of names) {
      if (label === '' || label.length > nameLength || (labels[label]?.length ?? 0) > labelValueLength) {
        return fail('BAD_LABELS', `A label of "${name.slice(0, 80)}" is longer than the hub accepts.`);
      }
    }
    return null;
  }
}

function updateMetadata(series: Series, draft: SeriesDraft): boolean {
  const ownUnit = draft.unit ? draft.unit : series.ownUnit;
  const isUnitGuessed = draft.unit ? false : series.isUnitGuessed;
  const kind = draft.kind ?? series.kind;
  const title = draft.title ?? series.title;
  const min = draft.min === undefined ? series.min : draft.min;
  const max = draft.max === undefined ? series.max : draft.max;
  const changed =
    ownUnit !== series.ownUnit ||
    isUnitGuessed !== series.isUnitGuessed ||
    kind !== series.kind ||
    title !== series.title ||
    min !== series.min ||
    max !== series.max;
  Object.assign(series, { ownUnit, isUnitGuessed, kind, title, min, max });
  return changed;
}

/** Sorts labels by name, in the order in which they are read back from disk. */
function sorted(labels: Labels): Labels {
  const entries = Object.entries(labels).map(
    ([name, value]) => [name.toWellFormed(), value.toWellFormed()] as const,
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
