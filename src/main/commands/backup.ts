import { Command } from 'commander';
import { withHubRuntime } from './hub-runtime';
import { PASSPHRASE_VARIABLE } from './passphrase';
import type { BackupCommandOptions } from './run-backup';
import { addTransferOptions } from './transfer-options';

/** `wirewatch backup`: everything of a hub in one file. */
export function createBackupCommand(finish: (exitCode: number) => void): Command {
  const command = new Command('backup')
    .description('write everything of a hub into one file')
    .argument('<file>', 'the file to write, or - for standard output');
  return addTransferOptions(command)
    .option('--no-history', 'leave out the samples; devices, boards, notes and settings are always included')
    .option('--passphrase-file <file>', 'include the hub’s key, sealed with the passphrase in this file')
    .addHelpText(
      'after',
      `
The hub may be running meanwhile. Without a passphrase, the hub's TLS key is left out: after a restore on another
machine, agents that trust this hub by its key ask to be approved anew. The passphrase can also be in the environment
variable ${PASSPHRASE_VARIABLE}.

Examples:
  $ wirewatch backup hub.backup --passphrase-file secret.txt
  $ wirewatch backup hub.backup --no-history --url https://192.168.1.20:7411 --token TOKEN
  $ wirewatch backup hub.backup --data-dir ~/.local/share/wirewatch     of a hub that is not running

Exit codes: 0 done, 1 failed on the way, 2 something must be changed first.`,
    )
    .action(async (file: string, options: BackupCommandOptions) => {
      const run = async (): Promise<number> => (await import('./run-backup')).runBackup(file, options);
      finish(await withHubRuntime(run));
    });
}
