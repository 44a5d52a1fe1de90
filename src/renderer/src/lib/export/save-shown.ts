import { exportFileName } from './export-request';
import { openFileSink } from './file-sink';
import type { TimeSpan } from '../time/time-view';
import { BOM } from '@shared/export/csv';
import { exportShown, type ShownFormat, type ShownLine } from '../explore/export-shown';

const MEDIA_TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** Asks where to, then writes what is shown. Has to be called from a click; rejects when it cannot be written. */
export async function saveShown(
  lines: readonly ShownLine[],
  { from, to }: TimeSpan,
  format: ShownFormat,
  title: string,
): Promise<void> {
  // What is shown goes on while somebody looks for a folder: the file has what there was when it was asked for.
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
