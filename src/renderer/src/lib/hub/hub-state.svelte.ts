import { DisposableStore, type Disposable, type Unsubscribe } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import type { HubApi, LinkState } from '@shared/hub-api';
import type { HubInfo, Settings, UiRole } from '@shared/model';
import { BoardList } from './board-list.svelte';
import { holdHubTime, hubNow, observeHub } from '../time/hub-time';
import { DeviceStore } from './devices.svelte';

/** The shared, reactive state of one hub connection; call `dispose` when the app closes. */
export class HubState implements Disposable {
  readonly api: HubApi;
  readonly devices: DeviceStore;
  readonly boards: BoardList;
  /** The connection between this UI and the hub. */
  link = $state.raw<LinkState>({ state: 'connecting' });
  /** The run of the hub that was connected last; series ids belong to it. Null before the first connection. */
  bootId = $state.raw<string | null>(null);
  /** Null until the hub has sent it. */
  info = $state.raw<HubInfo | null>(null);
  settings = $state.raw<Settings | null>(null);
  /** The role of this UI; null until the hub has sent it. */
  role = $state.raw<UiRole | null>(null);
  /**
   * Whether the hub cannot be heard: everything on the page is then the last that was known. Stays set while the link
   * is being opened again; not set before the first attempt has failed.
   */
  down = $state(false);
  /** When the hub's last message arrived, ms since the epoch; set while the link is down. */
  heardAt = $state.raw<number | null>(null);
  #paused = $state(false);
  readonly #pauseChanges = new Emitter<boolean>();
  readonly #subscriptions = new DisposableStore();

  constructor(api: HubApi) {
    this.api = api;
    this.#subscriptions.add(
      api.onLink((link) => {
        this.link = link;
        if (link.state === 'closed') this.#lose(link.heardAt ?? null);
        if (link.state !== 'open') return;
        this.down = false;
        this.bootId = link.bootId;
        observeHub(link.hubTime);
        void this.#askRole();
      }),
    );
    this.#subscriptions.add(api.subscribe('hub', {}, (info) => (this.info = info)));
    this.#subscriptions.add(api.subscribe('settings', {}, (settings) => (this.settings = settings)));
    this.devices = new DeviceStore(api);
    this.#subscriptions.add(this.devices);
    this.boards = new BoardList(api);
    this.#subscriptions.add(this.boards);
  }

  /** Whether this UI may only view; controls that change something are then hidden, and the hub would refuse them. */
  get viewOnly(): boolean {
    return this.role === 'viewer';
  }

  /** While paused, live charts and values do not change; the hub keeps collecting. */
  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#pauseChanges.emit(paused);
  }

  /** Registers a listener for code outside of components; components read `paused`. */
  onPaused(listener: (paused: boolean) => void): Unsubscribe {
    return this.#pauseChanges.on(listener);
  }

  async #askRole(): Promise<void> {
    try {
      this.role = (await this.api.call('getCaller', {})).role;
    } catch {
      // The link was cut again; the next request is sent when it returns.
    }
  }

  /** `heardAt` is by this machine's clock. */
  #lose(heardAt: number | null): void {
    // A failed attempt to connect again brings nothing new, and the hub's clock already stands still.
    if (this.down) return;
    this.down = true;
    if (heardAt === null) return;
    this.heardAt = onHubClock(heardAt);
    holdHubTime(this.heardAt);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#pauseChanges.clear();
  }
}

/** Converts a time of this machine's clock to the hub's. */
function onHubClock(time: number): number {
  return time + hubNow() - Date.now();
}
