import { readFileSync, statSync } from 'node:fs';
import { fail, succeed, toFault, type Result } from '@shared/errors';

/** Not an option of its own: other users of the machine can see the command line of every process. */
export const PASSPHRASE_VARIABLE = 'WIREWATCH_BACKUP_PASSPHRASE';
const MAX_FILE_BYTES = 4_096;

/**
 * The passphrase: the first line of the file, or the environment variable; null when neither is given. Fails with
 * `BAD_USAGE`.
 */
export function readPassphrase(file: string | undefined): Result<string | null> {
  if (file === undefined) return succeed(process.env[PASSPHRASE_VARIABLE] || null);
  try {
    if (statSync(file).size > MAX_FILE_BYTES)
      return fail('BAD_USAGE', `${file} is too large for a passphrase.`);
    const [line = ''] = readFileSync(file, 'utf8').split(/\r?\n/, 1);
    return line === '' ? fail('BAD_USAGE', `The first line of ${file} is empty.`) : succeed(line);
  } catch (error) {
    return fail('BAD_USAGE', `The passphrase cannot be read from ${file}: ${toFault(error).message}.`);
  }
}
