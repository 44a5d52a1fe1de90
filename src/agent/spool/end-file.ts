import * as v from 'valibot';
import type { SpoolFiles } from './spool-files';

/**
 * Where the last segment ended when the spool was closed. A segment without a seal may be what a crash left, of which
 * nobody knows how long it was; after a close it has lost its end.
 */
const endSchema = v.object({ segment: v.string(), lastSeq: v.number() });
export type SpoolEnd = v.InferOutput<typeof endSchema>;

/** Null when the spool was not closed, or when that cannot be read: then it counts as a crash. */
export function readEnd(files: SpoolFiles, path: string): SpoolEnd | null {
  try {
    return v.parse(endSchema, JSON.parse(files.read(path).toString()));
  } catch {
    return null;
  }
}

export function keepEnd(files: SpoolFiles, path: string, end: SpoolEnd): void {
  try {
    files.replace(path, JSON.stringify(end));
  } catch {
    // Only a loss that does not happen anyway would be told by it.
  }
}
