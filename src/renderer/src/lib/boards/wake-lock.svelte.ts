import type { Disposable } from '@shared/disposable';

/** `unsupported`: the browser has no wake lock, or the page was not served over a secure connection. */
export type WakeState = 'off' | 'on' | 'unsupported' | 'refused';

/** Keeps the display on (Screen Wake Lock API). The browser releases the lock whenever the page is hidden. */
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
      // The lock may have been turned off or requested twice while the browser was deciding.
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
