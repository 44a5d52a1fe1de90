import ChartSpline from '@lucide/svelte/icons/chart-spline';
import type { Disposable } from '@shared/disposable';
import { EMPTY_VIEW } from '@shared/explore/explore-view';
import { groupRefs } from '@shared/explore/selection';
import { metricTitle } from '@shared/explore/series-words';
import type { HubApi } from '@shared/hub-api';
import type { SeriesInfo } from '@shared/model';
import { showFault } from '../components';
import { EMPTY_STATE } from '../explore/explore-link';
import { SeriesFinder } from '../explore/series-search.svelte';
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

/** What is searched, and the time that was typed after it, if any. */
interface Asked {
  text: string;
  pick: QuickPick | null;
}

/** Parts `bandwidth last night` into what is searched and when. */
function splitTime(typed: string): Asked {
  const lower = typed.toLowerCase();
  const pick = quickPicks(hubNow()).find(({ label }) => lower.endsWith(` ${label.toLowerCase()}`)) ?? null;
  return pick === null ? { text: typed, pick } : { text: typed.slice(0, -pick.label.length).trim(), pick };
}

function roundSpan({ from, to }: TimeSpan): TimeSpan {
  return { from: Math.round(from), to: Math.round(to) };
}

/** What a text finds in the palette: the charts of one metric, on all devices that match. */
export class PaletteSeries implements Disposable {
  readonly #finder: SeriesFinder;
  readonly #devices: DeviceStore;
  /** What was typed, once it has been searched. */
  #asked = $state.raw<Asked | null>(null);
  /** What was typed last. */
  #wanted: Asked | null = null;
  readonly entries = $derived.by<readonly PaletteEntry[]>(() => {
    const asked = this.#asked;
    if (asked === null) return [];
    // The same metric of several interfaces, disks or sensors is one answer.
    const byMetric = new Map<string, { first: SeriesInfo; devices: Set<string> }>();
    for (const one of this.#finder.found?.groups.flatMap(({ series }) => series) ?? []) {
      const known = byMetric.get(one.metric);
      if (known) known.devices.add(one.device);
      else byMetric.set(one.metric, { first: one, devices: new Set([one.device]) });
    }
    return [...byMetric.values()].slice(0, MOST_ENTRIES).map((found) => this.#entry(asked, found));
  });
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: HubApi, devices: DeviceStore) {
    this.#finder = new SeriesFinder(api);
    this.#devices = devices;
  }

  find(typed: string): void {
    clearTimeout(this.#timer);
    const asked = splitTime(typed.trim());
    this.#wanted = asked;
    if (asked.text.length < LEAST_CHARACTERS) this.#asked = null;
    else this.#timer = setTimeout(() => void this.#ask(asked), SETTLE_MS);
  }

  dispose(): void {
    this.#finder.dispose();
    clearTimeout(this.#timer);
  }

  async #ask(asked: Asked): Promise<void> {
    await this.#finder.find(asked.text, 'metric');
    if (this.#wanted === asked) this.#asked = asked;
  }

  #entry(
    { text, pick }: Asked,
    { first, devices }: { first: SeriesInfo; devices: ReadonlySet<string> },
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
    try {
      const { groups } = await this.#finder.all(text, 'metric');
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
