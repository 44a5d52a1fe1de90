import { FaultError } from '@shared/errors';
import type { backupCommands } from '@shared/hub-api/backup';
import type { BackupTurn } from '../../backup/backup-turn';
import { backupFileName } from '../../backup/describe-backup';
import type { CommandHandlers } from '../command-handlers';

export interface BackupHandlersContext {
  backups: BackupTurn;
}

export function createBackupHandlers({
  backups,
}: BackupHandlersContext): CommandHandlers<keyof typeof backupCommands> {
  return {
    async makeBackup({ history, passphrase }, _caller, signal) {
      const prepared = await backups.prepare({
        withHistory: history,
        passphrase,
        signal: signal ?? new AbortController().signal,
      });
      if (!prepared.ok) throw new FaultError(prepared.error.code, prepared.error.message);
      const { manifest, bytes } = prepared.value;
      return { ticket: backups.hold(prepared.value), fileName: backupFileName(manifest), bytes };
    },
    getBackupProgress: () => ({ share: backups.share }),
  };
}
