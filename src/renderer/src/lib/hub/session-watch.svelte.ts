import type { Disposable } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { SessionDetail } from '@shared/model';

const EVERY_MS = 1_000;

/** One connection in full detail, requested every second while the page is visible. */
export class SessionWatch implements Disposable {
  /** Null until the hub has answered; unchanged when the hub no longer knows the connection. */
  detail = $state.raw<SessionDetail | null>(null);
  /** Whether the hub no longer knows this connection. */
  gone = $state(false);
  readonly #api: HubApi;
  #session: string | null = null;
  #asking = false;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(api: HubApi) {
    this.#api = api;
    this.#timer = setInterval(() => {
      if (!document.hidden) void this.refresh();
    }, EVERY_MS);
  }

  /** Follows another connection; null keeps showing the last one. */
  follow(session: string | null): void {
    if (session === this.#session) return;
    this.#session = session;
    this.gone = false;
    if (session !== null) void this.refresh();
  }

  async refresh(): Promise<void> {
    const session = this.#session;
    if (session === null || this.#asking) return;
    this.#asking = true;
    try {
      const detail = await this.#api.call('getSession', { session });
      if (session === this.#session) this.detail = detail;
    } catch {
      if (session === this.#session && this.detail?.id !== session) this.gone = true;
    } finally {
      this.#asking = false;
      // Another connection was chosen while the hub was busy answering.
      if (session !== this.#session) void this.refresh();
    }
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#session = null;
  }
}
