import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail, succeed, type Fault, type Result } from '@shared/errors';
import { DATABASE_FILE, lockFolder, replaceOrSay } from '../hub/store/database';
import { lossLines, type SalvageReport } from '../hub/store/recovery/report';
import { salvageInto } from '../hub/store/recovery/salvage';

interface Recovered {
  report: SalvageReport;
  /** The file with everything that could be read. */
  file: string;
  /** The damaged file, as it was. */
  kept: string;
}

/** Recovers a data folder's history or a single file, prints what was saved and lost, and returns the exit code. */
export function runRecover(path: string, isJson: boolean): number {
  const recovered = recover(resolve(path));
  if (!recovered.ok) {
    process.stderr.write(`wirewatch: ${recovered.error.message}\n`);
    return 2;
  }
  const { report, file, kept } = recovered.value;
  const lost = lossLines(report);
  if (isJson)
    process.stdout.write(
      `${JSON.stringify({ file, kept, saved: report.saved, lost: report.lost, notes: lost })}\n`,
    );
  else {
    const { chunks, samples, devices, series, events } = report.saved;
    process.stdout.write(
      `Saved to ${file}: ${samples} samples in ${chunks} blocks, ${series} series of ${devices} devices, ${events} events.\n` +
        `The old file is ${kept}.\n${
          lost.length === 0 ? 'Nothing is lost.\n' : lost.map((line) => `Lost: ${line}.\n`).join('')
        }`,
    );
  }
  return lost.length === 0 ? 0 : 1;
}

function recover(path: string): Result<Recovered> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return noHistory(path);
  if (found.isFile()) return copyBeside(path);
  const dir = [join(path, 'history'), path].find((each) =>
    [DATABASE_FILE, `${DATABASE_FILE}-wal`].some((name) => existsSync(join(each, name))),
  );
  if (dir === undefined) return noHistory(path);
  const lock = lockFolder(dir);
  if (!lock.ok) return lock;
  try {
    const file = join(dir, DATABASE_FILE);
    const replaced = replaceOrSay(file, 'recovered by hand', Date.now());
    return replaced.ok
      ? succeed({ report: replaced.value.report, file, kept: replaced.value.path })
      : replaced;
  } finally {
    lock.value.close();
  }
}

function copyBeside(path: string): Result<Recovered> {
  const file = `${path}.recovered`;
  if (existsSync(file)) return fail('FILE_EXISTS', `${file} exists already. Move it away first.`);
  try {
    return succeed({ report: salvageInto(path, file), file, kept: path });
  } catch (error) {
    return { ok: false, error: copyFault(path, error) };
  }
}

function copyFault(path: string, error: unknown): Fault {
  const why = error instanceof Error ? error.message : String(error);
  return { code: 'RECOVERY_FAILED', message: `What can be read of ${path} cannot be copied: ${why}.` };
}

function noHistory(path: string): Result<never> {
  return fail('NO_HISTORY_THERE', `The folder ${path} contains no history.`);
}
