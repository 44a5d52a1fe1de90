import { exportFileName } from './export-request';
import { openFileSink } from './file-sink';
import type { TimeSpan } from '../time/time-view';
import { BOM } from '@shared/export/csv';
import { exportShown, type ShownFormat, type ShownLine } from '../explore/export-shown';

const MEDIA_TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** Asks where to save, then writes the visible data. Must be called from a click; rejects if it cannot be written. */
export async function saveShown(
  lines: readonly ShownLine[],
  { from, to }: TimeSpan,
  format: ShownFormat,
  title: string,
): Promise<void> {
  // Capture the data now: the display keeps changing while the user chooses a folder.
  const pieces = [...(format === 'csv' ? [BOM] : []), ...exportShown(lines, from, to, format)];
  const name = exportFileName(title, { device: '', metric: null, from, to, format, time: 'iso' });
  const sink = await openFileSink(name, MEDIA_TYPES[format]);
  if (!sink) return;
  const encoder = new TextEncoder();
  try {
    for (const piece of pieces) await sink.write(encoder.encode(piece));
    await sink.finish();
  } catch (error) {
    await sink.discard();
    throw error;
  }
}
