import { basename, join } from 'node:path';
import type { Logger } from '@shared/logger';
import type { InternSchema } from './segment-decoder';
import type { SpoolEnd } from './end-file';
import type { SpoolFiles } from './spool-files';
import type { LostRows } from '../queue';
import { openStored, type StoredSegment } from './stored-segment';

const SEGMENT_NAME = /^(\d{10})\.seg$/;

/** The name of a segment's file; a higher number is a later segment. */
export function segmentName(number: number): string {
  return `${String(number).padStart(10, '0')}.seg`;
}

/**
 * The segments that earlier runs left, oldest first, and the number for the next segment. `end`: where the last one ended. A file that cannot be
 * opened is logged and left untouched; one that is damaged beyond use is logged and kept under another name. Throws what `node:fs` throws when the folder cannot be read.
 */
export function readFolder(
  files: SpoolFiles,
  folder: string,
  intern: InternSchema,
  log: Logger,
  onLost: (lost: LostRows) => void,
  end: SpoolEnd | null = null,
): { segments: StoredSegment[]; nextNumber: number } {
  const segments: StoredSegment[] = [];
  let nextNumber = 1;
  let cut: StoredSegment | null = null;
  const lostEnd = ({ path }: StoredSegment, lost: LostRows): void => {
    log.warn(`${path} has lost its end: about ${lost.samples} values are lost`);
    onLost(lost);
  };
  for (const name of files.list(folder).sort()) {
    const number = SEGMENT_NAME.exec(name)?.[1];
    if (number === undefined) continue;
    nextNumber = Number.parseInt(number, 10) + 1;
    const path = join(folder, name);
    try {
      const opened = openStored(files, path, intern);
      if (opened === 'foreign') log.warn(`${path} was written by a newer agent and is left untouched`);
      else if (opened === 'empty') files.remove(path);
      else {
        const { segment, lost } = opened;
        const missing = cut && segment ? rowsBetween(cut, segment) : null;
        if (cut && missing) lostEnd(cut, missing);
        cut = opened.isCut && !lost ? segment : null;
        if (lost) onLost(lost);
        if (segment) segments.push(segment);
        else files.rename(path, `${path}.damaged`);
        if (lost && segment) log.warn(`${path} is damaged: about ${lost.samples} values in it are lost`);
        else if (lost) {
          log.warn(`${path} is damaged beyond use and was moved to ${path}.damaged: its rows are lost`);
        }
      }
    } catch (error) {
      log.warn(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (cut && end && basename(cut.path) === end.segment && end.lastSeq > cut.lastSeq) {
    lostEnd(cut, rowsAfter(cut, end.lastSeq - cut.lastSeq));
  }
  return { segments, nextNumber };
}

/** What is missing between a segment without a seal and the next one of its stream; null when nothing is. */
function rowsBetween(cut: StoredSegment, next: StoredSegment): LostRows | null {
  const rows = next.firstSeq - cut.lastSeq - 1;
  if (cut.stream !== next.stream || rows <= 0) return null;
  const lost = rowsAfter(cut, rows);
  return { ...lost, to: Math.max(lost.from, next.summary.from) };
}

/** So many rows that followed a segment's last one, as far apart and as large as those before. */
function rowsAfter({ summary }: StoredSegment, rows: number): LostRows {
  const { samples, rows: known, from, to, settled } = summary;
  const each = Math.max(1, Math.round(samples / Math.max(1, known)));
  const stepMs = (to - from) / Math.max(1, known - 1);
  return { from: to, to: Math.round(to + rows * stepMs), samples: rows * each, settled };
}
