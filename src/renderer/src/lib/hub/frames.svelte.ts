import type { Disposable, Unsubscribe } from '@shared/disposable';
import type { HubApi } from '@shared/hub-api';
import type { FrameInfo } from '@shared/model';

export type FrameFilter = 'all' | 'data' | 'control';

/** Frames kept while a connection is inspected; the oldest go first. */
export const FRAMES_KEPT = 200;

/** The frames of one connection since this log was created, newest first. */
export class FrameLog implements Disposable {
  list = $state.raw<readonly FrameInfo[]>([]);
  /** The number of frames received while the list was paused. */
  missed = $state(0);
  #paused = $state(false);
  #kept: readonly FrameInfo[] = [];
  readonly #unsubscribe: Unsubscribe;

  constructor(api: HubApi, session: string) {
    this.#unsubscribe = api.subscribe('frames', { session }, ({ frames }) => {
      this.#kept = [...frames.toReversed(), ...this.#kept].slice(0, FRAMES_KEPT);
      if (this.#paused) this.missed += frames.length;
      else this.list = this.#kept;
    });
  }

  /** While paused, the list does not change, but frames are still recorded. */
  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    if (paused) return;
    this.missed = 0;
    this.list = this.#kept;
  }

  clear(): void {
    this.#kept = [];
    this.list = [];
    this.missed = 0;
  }

  dispose(): void {
    this.#unsubscribe();
  }
}

/**
 * Whether a frame passes the filter. Data frames carry messages (RFC 6455 section 5.6); control frames keep the
 * connection (section 5.5).
 */
export function matchesFilter(frame: FrameInfo, filter: FrameFilter): boolean {
  const data = frame.opcode === 'text' || frame.opcode === 'binary';
  return filter === 'all' || data === (filter === 'data');
}
