import * as v from 'valibot';
import type { LostRows } from '../queue';
import type { SpoolFiles } from './spool-files';

const lostSchema = v.object({
  from: v.number(),
  to: v.number(),
  samples: v.number(),
  settled: v.boolean(),
});

/** What an earlier run dropped and could not report; null when there is nothing, or it cannot be read. */
export function readLost(files: SpoolFiles, path: string): LostRows | null {
  try {
    return v.parse(lostSchema, JSON.parse(files.read(path).toString()));
  } catch {
    return null;
  }
}

/** Stores the count if the disk allows it; losing it is harmless. */
export function keepLost(files: SpoolFiles, path: string, lost: LostRows | null): void {
  try {
    if (lost) files.replace(path, JSON.stringify(lost));
    else files.remove(path);
  } catch {
    // Most likely the disk is full, which is also why these rows were lost.
  }
}
