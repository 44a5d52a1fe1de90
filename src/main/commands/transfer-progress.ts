import { formatBytes } from '@shared/metrics/units';

const REPORT_EVERY_MS = 2_000;

/** Lines on standard error that tell how far a transfer is, every two seconds. */
export interface Progress {
  add(bytes: number): void;
  /** The last line. */
  done(text: string): void;
}

/** `verb` is what is done to the bytes: `exported`. */
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
