/** Limits the samples that all devices together send per second; requests are served in order. */
export interface Pacer {
  /** Settles when this many samples may be sent; never rejects, not even after `dispose`. */
  take(samples: number): Promise<void>;
  dispose(): void;
}

const TICK_MS = 20;

export function createPacer(samplesPerSec: number): Pacer {
  const waiting: { samples: number; go: () => void }[] = [];
  const perTick = (samplesPerSec * TICK_MS) / 1_000;
  let credit = 0;
  let timer: NodeJS.Timeout | null = null;

  function tick(): void {
    credit = Math.min(perTick, credit + perTick);
    while (credit > 0) {
      const next = waiting.shift();
      if (!next) break;
      // A request larger than one tick's share is paid off by the following ticks.
      credit -= next.samples;
      next.go();
    }
    if (waiting.length === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  }

  return {
    take(samples) {
      return new Promise((resolve) => {
        waiting.push({ samples, go: resolve });
        timer ??= setInterval(tick, TICK_MS);
      });
    },
    dispose() {
      if (timer) clearInterval(timer);
      timer = null;
      for (const { go } of waiting.splice(0)) go();
    },
  };
}
