import * as v from 'valibot';
import { BACKUP_LIMITS } from '../protocol/limits';
import { adminCommand } from './command';
import { nothing } from './schemas';

/** A backup that waits to be fetched. */
export interface MadeBackup {
  /** Fetches it, once, from `api/v1/backup?ticket=…`. */
  ticket: string;
  fileName: string;
  bytes: number;
}

export const backupCommands = {
  /** Copies all that the hub stores, and keeps the copy for some minutes. */
  makeBackup: adminCommand(
    v.object({
      history: v.boolean(),
      /** Seals the secrets; null leaves them out. */
      passphrase: v.nullable(v.pipe(v.string(), v.maxLength(2 * BACKUP_LIMITS.passphraseMax))),
    }),
  ).returns<MadeBackup>(),
  /** The share of the copying that is done, 0 to 1; null when nothing is being copied. */
  getBackupProgress: adminCommand(nothing).returns<{ share: number | null }>(),
};
