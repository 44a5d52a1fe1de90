import { Command } from 'commander';
import { withHubRuntime } from './hub-runtime';

/** `wirewatch recover`: copies what can be read of a damaged history into a new file. */
export function createRecoverCommand(finish: (exitCode: number) => void): Command {
  return new Command('recover')
    .description('copy what can be read of a damaged history into a new file')
    .argument(
      '<path>',
      'the data folder of a hub that is not running, or a history file such as one put aside',
    )
    .option('--json', 'write the report as JSON to standard output')
    .addHelpText(
      'after',
      `
In a data folder, the new file takes the place of the damaged one, which is kept beside it under another name.
From a single file, a copy is written beside it; the file itself is not changed. A running hub does all this by
itself when it meets damage.

Examples:
  $ wirewatch recover ~/.local/share/wirewatch
  $ wirewatch recover /srv/wirewatch/history/history.db.damaged-2026-11-30T12-00-00

Exit codes: 0 nothing is lost, 1 something is, 2 something must be changed first.`,
    )
    .action(async (path: string, options: { json?: boolean }) => {
      finish(
        await withHubRuntime(async () =>
          (await import('./run-recover')).runRecover(path, options.json === true),
        ),
      );
    });
}
