import { displayText } from '@shared/display-text';
import { fail, FaultError, succeed, toFault, type Fault, type Result } from '@shared/errors';
import { formatBytes } from '@shared/metrics/units';
import { parseExport } from '../web/api/export-params';
import { abortOnSignal } from './abort-on-signal';
import { openOutput, type ExportOutput } from './export-output';
import { askHub, causeOf, exitCodeOf, type TransferOptions } from './transfer-options';
import { createProgress } from './transfer-progress';

export interface ExportOptions extends TransferOptions {
  device?: string;
  metric?: string;
  from: string;
  to: string;
  format: 'csv' | 'ndjson';
  time?: 'iso' | 'ms';
  bom?: boolean;
  raw?: boolean;
  output: string;
}

interface OpenedExport {
  chunks: AsyncIterable<Uint8Array | string>;
  close(): Promise<void>;
}

/** Writes an export; settles with the exit code. */
export async function runExport(options: ExportOptions): Promise<number> {
  const output = openOutput(options.output);
  if (!output.ok) return report(output.error);
  const stop = abortOnSignal();
  const opened = await open(options, stop.signal);
  if (!opened.ok) {
    stop.dispose();
    await output.value.discard();
    return report(opened.error);
  }
  try {
    return await copy(opened.value, output.value, options.output, stop.signal);
  } finally {
    stop.dispose();
    await opened.value.close();
  }
}

async function copy(
  { chunks }: OpenedExport,
  output: ExportOutput,
  name: string,
  signal: AbortSignal,
): Promise<number> {
  const progress = createProgress('exported', null);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      await output.write(chunk).catch((error: unknown) => {
        throw isBrokenPipe(error) ? new FaultError('NOT_WANTED', '') : outputFailed(name, error);
      });
      const size = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length;
      bytes += size;
      progress.add(size);
    }
    await output.commit().catch((error: unknown) => {
      throw outputFailed(name, error);
    });
  } catch (error) {
    await output.discard();
    if (signal.aborted) return report({ code: 'STOPPED', message: 'The export was stopped.' });
    if (!(error instanceof FaultError)) {
      return report({ code: 'CUT_OFF', message: `The export failed: ${causeOf(error)}.` });
    }
    // It is no failure if a reader such as `head` has read enough.
    return error.code === 'NOT_WANTED' ? 0 : report(toFault(error));
  }
  progress.done(`exported ${formatBytes(bytes)}${name === '-' ? '' : ` to ${name}`}`);
  return 0;
}

async function open(options: ExportOptions, signal: AbortSignal): Promise<Result<OpenedExport>> {
  const params = paramsOf(options);
  // Checked here too, so that a mistyped time gives the same error without a hub.
  const parsed = parseExport(params, Date.now());
  if (!parsed.ok) return parsed;
  if (options.dataDir === undefined) {
    const answer = await askHub(options, 'api/v1/export', params, { signal });
    if (!answer.ok) return answer;
    const { body } = answer.value;
    if (body === null) return fail('CUT_OFF', 'The hub sent nothing.');
    return succeed({ chunks: body, close: () => Promise.resolve() });
  }
  const { openOfflineHub } = await import('./offline-hub');
  const hub = await openOfflineHub(options.dataDir, 'read');
  if (!hub.ok) return hub;
  return succeed({
    chunks: hub.value.exportSamples(parsed.value, signal),
    close: () => hub.value.dispose(),
  });
}

function paramsOf({ device, metric, from, to, format, time, bom, raw }: ExportOptions): URLSearchParams {
  return new URLSearchParams({
    ...(device !== undefined && { device }),
    ...(metric !== undefined && { metric }),
    from,
    to,
    format,
    ...(time !== undefined && { time }),
    ...(bom === true && { bom: '1' }),
    raw: (raw ?? format === 'ndjson') ? '1' : '0',
  });
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

function outputFailed(name: string, error: unknown): FaultError {
  return new FaultError('OUTPUT_FAILED', `${name} cannot be written: ${causeOf(error)}.`);
}

function report(fault: Fault): number {
  process.stderr.write(`wirewatch: ${displayText(fault.message)}\n`);
  return exitCodeOf(fault);
}
