import { formatBytes } from '@shared/metrics/units';

const REPORT_EVERY_MS = 2_000;

/** Reports the progress of a transfer on standard error, every two seconds. */
export interface Progress {
  add(bytes: number): void;
  /** Writes the last line. */
  done(text: string): void;
}

/** `verb` says what happens to the bytes, such as `exported`. */
export function createProgress(verb: string, totalBytes: number | null): Progress {
  let bytes = 0;
  let reportedAt = performance.now();
  return {
    add(more) {
      bytes += more;
      const now = performance.now();
      if (now - reportedAt < REPORT_EVERY_MS) return;
      reportedAt = now;
      const share = totalBytes ? `, ${Math.min(100, Math.floor((bytes * 100) / totalBytes))} %` : '';
      process.stderr.write(`wirewatch: ${verb} ${formatBytes(bytes)}${share}\n`);
    },
    done(text) {
      process.stderr.write(`wirewatch: ${text}\n`);
    },
  };
}
