import type { Disposable } from '@shared/disposable';

/** `unsupported`: this browser, or a page that did not come over a secure connection, cannot do it. */
export type WakeState = 'off' | 'on' | 'unsupported' | 'refused';

/** Keeps the display from going dark (Screen Wake Lock API). The browser lets go whenever the page is hidden. */
export class WakeLock implements Disposable {
  state = $state<WakeState>('off');
  #lock: WakeLockSentinel | null = null;
  #isWanted = false;
  readonly #onVisibility = () => void this.#acquire();

  constructor() {
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  set(wanted: boolean): void {
    if (wanted === this.#isWanted) return;
    this.#isWanted = wanted;
    if (wanted) void this.#acquire();
    else this.#release();
  }

  dispose(): void {
    this.set(false);
    document.removeEventListener('visibilitychange', this.#onVisibility);
  }

  async #acquire(): Promise<void> {
    if (!this.#isWanted || this.#lock || document.visibilityState !== 'visible') return;
    if (!('wakeLock' in navigator)) {
      this.state = 'unsupported';
      return;
    }
    try {
      const lock = await navigator.wakeLock.request('screen');
      this.#lock = lock;
      this.state = 'on';
      lock.addEventListener('release', () => {
        if (this.#lock !== lock) return;
        this.#lock = null;
        this.state = 'off';
      });
      // It may have been switched off, or asked for twice, while the browser thought about it.
      if (!this.#isWanted) this.#release();
    } catch {
      this.state = 'refused';
    }
  }

  #release(): void {
    const lock = this.#lock;
    this.#lock = null;
    this.state = 'off';
    void lock?.release();
  }
}
