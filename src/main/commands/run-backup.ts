import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { displayText } from '@shared/display-text';
import { fail, FaultError, succeed, toFault, type Fault, type Result } from '@shared/errors';
import { silentLogger } from '@shared/logger';
import { formatBytes } from '@shared/metrics/units';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { prepareDataDir } from '../data-dir';
import { AuditLog } from '../hub/audit/audit-log';
import { describeBackup } from '../hub/backup/describe-backup';
import { prepareBackup } from '../hub/backup/make-backup';
import { lockFolder } from '../hub/store/database';
import { installPaths } from '../install-paths';
import { abortOnSignal } from './abort-on-signal';
import { openOutput, type ExportOutput } from './export-output';
import { readPassphrase } from './passphrase';
import { askHub, causeOf, exitCodeOf, type TransferOptions } from './transfer-options';
import { createProgress } from './transfer-progress';

export interface BackupCommandOptions extends TransferOptions {
  history: boolean;
  passphraseFile?: string;
}

interface OpenedBackup {
  chunks: AsyncIterable<Uint8Array>;
  /** Null when it is not known. */
  bytes: number | null;
  close(): void;
}

/** Writes a backup; settles with the exit code. */
export async function runBackup(file: string, options: BackupCommandOptions): Promise<number> {
  const passphrase = readPassphrase(options.passphraseFile);
  if (!passphrase.ok) return report(passphrase.error);
  // It names devices, and holds samples and digests of keys.
  const output = openOutput(file, 0o600);
  if (!output.ok) return report(output.error);
  const stop = abortOnSignal();
  const wish = { withHistory: options.history, passphrase: passphrase.value, signal: stop.signal };
  try {
    const opened =
      options.dataDir === undefined ? await ask(options, wish) : await prepare(options.dataDir, wish);
    if (!opened.ok) {
      await output.value.discard();
      return report(opened.error);
    }
    try {
      return await copy(opened.value, output.value, file, stop.signal);
    } finally {
      opened.value.close();
    }
  } finally {
    stop.dispose();
  }
}

interface Wish {
  withHistory: boolean;
  passphrase: string | null;
  signal: AbortSignal;
}

/** Of a running hub. */
async function ask(options: TransferOptions, wish: Wish): Promise<Result<OpenedBackup>> {
  const body = {
    history: wish.withHistory,
    ...(wish.passphrase !== null && { passphrase: wish.passphrase }),
  };
  const answer = await askHub(options, 'api/v1/backup', new URLSearchParams(), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: wish.signal,
  });
  if (!answer.ok) return answer;
  const { body: chunks, headers } = answer.value;
  if (chunks === null) return fail('CUT_OFF', 'The hub sent nothing.');
  const bytes = Number(headers.get('Content-Length') ?? Number.NaN);
  return succeed({ chunks, bytes: Number.isNaN(bytes) ? null : bytes, close() {} });
}

/** Of a folder that no running hub uses. */
async function prepare(folder: string, wish: Wish): Promise<Result<OpenedBackup>> {
  if (!existsSync(folder)) return fail('NO_DATA_THERE', `There is no folder ${resolve(folder)}.`);
  const prepared = prepareDataDir(folder);
  if (!prepared.ok) return prepared;
  const dataDir = prepared.value;
  // Its own entries of the audit log would be lost beside those of a running hub.
  const lock = lockFolder(resolve(dataDir, 'history'));
  if (!lock.ok) {
    if (lock.error.code !== 'STORE_IN_USE') return lock;
    return fail('STORE_IN_USE', `A hub is running on ${dataDir}. Leave out --data-dir to back it up.`);
  }
  const program = installPaths().version;
  const backup = await prepareBackup({ ...wish, dataDir, program, now: Date.now() });
  if (!backup.ok) {
    lock.value.close();
    return backup;
  }
  const { manifest, bytes, read, dispose } = backup.value;
  const audit = new AuditLog({ dataDir, limits: DEFAULT_LIMITS, log: silentLogger });
  const by = { kind: 'command', role: 'admin', address: null, userAgent: null } as const;
  audit.add({ at: Date.now(), action: 'makeBackup', text: describeBackup(manifest), device: null, by });
  return succeed({
    chunks: read(),
    bytes,
    close() {
      dispose();
      lock.value.close();
    },
  });
}

async function copy(
  { chunks, bytes: total }: OpenedBackup,
  output: ExportOutput,
  name: string,
  signal: AbortSignal,
): Promise<number> {
  const progress = createProgress('saved', total);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      if (signal.aborted) throw new FaultError('STOPPED', 'The backup was stopped.');
      await output.write(chunk).catch((error: unknown) => {
        throw new FaultError('OUTPUT_FAILED', `${name} cannot be written: ${causeOf(error)}.`);
      });
      bytes += chunk.length;
      progress.add(chunk.length);
    }
    if (total !== null && bytes !== total) throw new FaultError('CUT_OFF', 'The hub ended the backup early.');
    await output.commit().catch((error: unknown) => {
      throw new FaultError('OUTPUT_FAILED', `${name} cannot be written: ${causeOf(error)}.`);
    });
  } catch (error) {
    await output.discard();
    if (signal.aborted) return report({ code: 'STOPPED', message: 'The backup was stopped.' });
    if (error instanceof FaultError) return report(toFault(error));
    return report({ code: 'CUT_OFF', message: `The backup failed: ${causeOf(error)}.` });
  }
  progress.done(`saved ${formatBytes(bytes)}${name === '-' ? '' : ` to ${name}`}`);
  return 0;
}

function report(fault: Fault): number {
  process.stderr.write(`wirewatch: ${displayText(fault.message)}\n`);
  return exitCodeOf(fault);
}
