import * as v from 'valibot';
import type { LostRows } from '../queue';
import type { Logger } from '@shared/logger';
import type { SpoolFiles } from './spool-files';

const lostSchema = v.object({
  from: v.number(),
  to: v.number(),
  samples: v.number(),
  settled: v.boolean(),
});

/** What an earlier run dropped and could not report; null when there is nothing, or it cannot be read. */
export function readLost(files: SpoolFiles, path: string, log: Logger): LostRows | null {
  try {
    return v.parse(lostSchema, JSON.parse(files.read(path).toString()));
  } catch (error) {
    // What cannot be read for another reason is the folder's problem, which is told of elsewhere.
    if (error instanceof SyntaxError || v.isValiError(error))
      log.warn(`${path} is damaged: what it says of lost rows will not be reported`);
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
