import ChartSpline from '@lucide/svelte/icons/chart-spline';
import type { Disposable } from '@shared/disposable';
import { EMPTY_VIEW, MAX_SELECTED_SERIES } from '@shared/explore/explore-view';
import { groupRefs } from '@shared/explore/selection';
import { metricTitle } from '@shared/explore/series-words';
import type { HubApi } from '@shared/hub-api';
import type { SeriesInfo } from '@shared/model';
import { showFault } from '../components';
import { EMPTY_STATE } from '../explore/explore-link';
import type { DeviceStore } from '../hub/devices.svelte';
import { hubNow } from '../time/hub-time';
import { quickPicks, type QuickPick } from '../time/quick-picks';
import type { TimeSpan } from '../time/time-view';
import { router } from '../routes/router.svelte';
import type { PaletteEntry } from './palette-entries';

/** The hub is asked when nothing was typed for this long, ms. */
const SETTLE_MS = 120;
const MOST_ENTRIES = 6;
/** Shorter texts would match nearly everything. */
const LEAST_CHARACTERS = 3;

/** Parts `bandwidth last night` into what is searched and when. */
function splitTime(typed: string): { text: string; pick: QuickPick | null } {
  const lower = typed.toLowerCase();
  const pick = quickPicks(hubNow()).find(({ label }) => lower.endsWith(` ${label.toLowerCase()}`)) ?? null;
  return pick === null ? { text: typed, pick } : { text: typed.slice(0, -pick.label.length).trim(), pick };
}

function roundSpan({ from, to }: TimeSpan): TimeSpan {
  return { from: Math.round(from), to: Math.round(to) };
}

/** What a text finds in the palette: the charts of one metric, on all devices that match. */
export class PaletteSeries implements Disposable {
  entries = $state.raw<readonly PaletteEntry[]>([]);
  readonly #api: HubApi;
  readonly #devices: DeviceStore;
  #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: HubApi, devices: DeviceStore) {
    this.#api = api;
    this.#devices = devices;
  }

  find(typed: string): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    const { text, pick } = splitTime(typed.trim().slice(0, 256));
    if (text.length < LEAST_CHARACTERS) this.entries = [];
    else this.#timer = setTimeout(() => void this.#ask(text, pick), SETTLE_MS);
  }

  dispose(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  async #ask(text: string, pick: QuickPick | null): Promise<void> {
    const { signal } = (this.#stop = new AbortController());
    try {
      const params = { text, by: 'metric', groups: 40, perGroup: 3, limit: 120 } as const;
      const { groups } = await this.#api.call('searchSeries', params, { signal });
      if (signal.aborted) return;
      // The same metric of several interfaces, disks or sensors is one answer.
      const byMetric = new Map<string, { first: SeriesInfo; devices: Set<string> }>();
      for (const { series } of groups) {
        for (const one of series) {
          const known = byMetric.get(one.metric);
          if (known) known.devices.add(one.device);
          else byMetric.set(one.metric, { first: one, devices: new Set([one.device]) });
        }
      }
      this.entries = [...byMetric.values()]
        .slice(0, MOST_ENTRIES)
        .map((found) => this.#entry(text, found, pick));
    } catch {
      // Cancelled, or not connected: the other entries still help.
    }
  }

  #entry(
    text: string,
    { first, devices }: { first: SeriesInfo; devices: ReadonlySet<string> },
    pick: QuickPick | null,
  ): PaletteEntry {
    const title = metricTitle(first.metric, first.title);
    const [only] = devices;
    const owner = devices.size === 1 && only !== undefined ? this.#devices.byId(only)?.name : undefined;
    return {
      id: `series ${first.metric}`,
      label: `${owner === undefined ? `${title}, all that match` : `${title} of ${owner}`}${
        pick === null ? '' : `, ${pick.label.toLowerCase()}`
      }`,
      group: 'Series',
      icon: ChartSpline,
      run: () => void this.#open(text, first, pick),
    };
  }

  /** Opens all matching series of one metric in Explore. */
  async #open(text: string, { metric, kind }: SeriesInfo, pick: QuickPick | null): Promise<void> {
    const most = MAX_SELECTED_SERIES;
    try {
      const params = { text, by: 'metric', groups: most, perGroup: most, limit: most } as const;
      const { groups } = await this.#api.call('searchSeries', params);
      const found = groups.flatMap(({ series }) => series).filter((one) => one.metric === metric);
      const refs = found.map(({ device, metric: name, labels }) => ({ device, metric: name, labels }));
      router.go({
        page: 'explore',
        state: {
          ...EMPTY_STATE,
          view: { ...EMPTY_VIEW, groups: groupRefs(refs) },
          time: pick === null ? null : { range: 'custom', ...roundSpan(pick.span) },
          // Of many counters, the one that counted most is what was asked for.
          sort: kind === 'counter' ? { column: 'total', descending: true } : EMPTY_STATE.sort,
        },
      });
    } catch (error) {
      showFault('The series could not be opened', error);
    }
  }
}
