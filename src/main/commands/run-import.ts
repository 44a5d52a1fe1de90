import { createReadStream, statSync } from 'node:fs';
import { displayText } from '@shared/display-text';
import { fail, FaultError, succeed, toFault, type Fault, type Result } from '@shared/errors';
import { isRecord } from '@shared/protocol/parse';
import { abortOnSignal } from './abort-on-signal';
import { lineBatches, type LineBatch } from './line-batches';
import { askHub, causeOf, exitCodeOf, type TransferOptions } from './transfer-options';
import { createProgress, type Progress } from './transfer-progress';

export interface ImportCommandOptions extends TransferOptions {
  device?: string;
}

/**
 * The size of one request: small enough to be stored well within a request's time, large enough to keep overhead low.
 */
const BATCH_BYTES = 2 * 1024 * 1024;

interface Input {
  chunks: AsyncIterable<Uint8Array>;
  bytes: number | null;
}

/** Imports a file; settles with the exit code. */
export async function runImport(file: string, options: ImportCommandOptions): Promise<number> {
  const input = openInput(file);
  if (!input.ok) return report(input.error);
  const { chunks, bytes } = input.value;
  const progress = createProgress('imported', bytes);
  const stop = abortOnSignal();
  try {
    const samples =
      options.dataDir === undefined
        ? await sendToHub(chunks, options, progress, stop.signal)
        : await storeInFolder(counted(chunks, progress, stop.signal), options.dataDir, options);
    progress.done(`imported ${samples} samples`);
    return 0;
  } catch (error) {
    if (stop.signal.aborted)
      return report({ code: 'STOPPED', message: 'The import was stopped. Run it again to continue.' });
    if (error instanceof FaultError) return report(toFault(error));
    return report({ code: 'INPUT_FAILED', message: `${file} cannot be read: ${causeOf(error)}.` });
  } finally {
    stop.dispose();
  }
}

/** Sends batch by batch; each batch is on the hub's disk before the next is sent. */
async function sendToHub(
  chunks: AsyncIterable<Uint8Array>,
  options: ImportCommandOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const { device } = options;
  let samples = 0;
  let source: string | null = null;
  for await (const { bytes, firstLine } of lineBatches(chunks, BATCH_BYTES)) {
    if (device !== undefined) {
      // The hub checks that each batch has one device; this checks that it is the same one in all batches.
      const first = deviceOfFirstLine(bytes);
      source ??= first;
      if (first !== null && first !== source) {
        const message = `Line ${firstLine}: with --device the file must contain only one device, but it contains both ${source} and ${first}.`;
        throw new FaultError('SEVERAL_DEVICES', message);
      }
    }
    const params = new URLSearchParams({ line: String(firstLine), ...(device !== undefined && { device }) });
    const answer = await askHub(options, 'api/v1/import', params, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: bytes,
      signal,
    });
    if (!answer.ok) throw new FaultError(answer.error.code, answer.error.message);
    const summary: unknown = await answer.value.json().catch(() => null);
    if (!isRecord(summary) || typeof summary['samples'] !== 'number') {
      throw new FaultError('NOT_A_HUB', 'The answer did not come from a Wirewatch hub.');
    }
    samples += summary['samples'];
    progress.add(bytes.length);
  }
  return samples;
}

async function storeInFolder(
  chunks: AsyncIterable<Uint8Array>,
  dataDir: string,
  { device }: ImportCommandOptions,
): Promise<number> {
  const { openOfflineHub } = await import('./offline-hub');
  const hub = await openOfflineHub(dataDir, 'write');
  if (!hub.ok) throw new FaultError(hub.error.code, hub.error.message);
  try {
    return (await hub.value.importSamples(chunks, { device })).samples;
  } finally {
    await hub.value.dispose();
  }
}

function openInput(file: string): Result<Input> {
  if (file === '-') return succeed({ chunks: process.stdin, bytes: null });
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return fail('NO_SUCH_FILE', `The file ${file} does not exist.`);
  if (stat.isDirectory()) return fail('NO_SUCH_FILE', `${file} is a folder.`);
  return succeed({ chunks: createReadStream(file), bytes: stat.isFile() ? stat.size : null });
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
    progress.add(chunk.length);
  }
}

function deviceOfFirstLine(bytes: LineBatch['bytes']): string | null {
  const end = bytes.indexOf(0x0a);
  try {
    const line: unknown = JSON.parse(Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString());
    return isRecord(line) && typeof line['device'] === 'string' ? line['device'] : null;
  } catch {
    return null;
  }
}

function report(fault: Fault): number {
  process.stderr.write(`wirewatch: ${displayText(fault.message)}\n`);
  return exitCodeOf(fault);
}
