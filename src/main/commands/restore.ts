import { Command } from 'commander';
import { defaultDataDir } from '../default-data-dir';
import { withHubRuntime } from './hub-runtime';
import type { RestoreCommandOptions } from './run-restore';

/** `wirewatch restore`: a data folder from a backup. */
export function createRestoreCommand(finish: (exitCode: number) => void): Command {
  return new Command('restore')
    .description('make a data folder from a backup')
    .argument('<file>', 'a file that "wirewatch backup" or the app wrote')
    .option('--data-dir <folder>', 'the data folder to fill; no hub may be running on it', defaultDataDir())
    .option('--replace', 'put the backup in the place of what is there, which is kept under a dated name')
    .option('--passphrase-file <file>', 'the file with the passphrase of the backup')
    .option('--list', 'only check the backup and say what is in it')
    .addHelpText(
      'after',
      `
The whole backup is checked before anything is changed. Start the hub afterwards.

Examples:
  $ wirewatch restore hub.backup --list
  $ wirewatch restore hub.backup --passphrase-file secret.txt
  $ wirewatch restore hub.backup --data-dir /srv/wirewatch --replace

Exit codes: 0 done, 2 something must be changed first; then the folder is as it was.`,
    )
    .action(async (file: string, options: RestoreCommandOptions) => {
      const run = async (): Promise<number> => (await import('./run-restore')).runRestore(file, options);
      finish(await withHubRuntime(run));
    });
}
