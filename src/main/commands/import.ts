import { Command, InvalidArgumentError } from 'commander';
import { DEVICE_ID } from '@shared/protocol/agent-messages';
import { withHubRuntime } from './hub-runtime';
import type { ImportCommandOptions } from './run-import';
import { addTransferOptions } from './transfer-options';

/** `wirewatch import`: stores an NDJSON export in a running hub, or in a data folder. */
export function createImportCommand(finish: (exitCode: number) => void): Command {
  const command = new Command('import')
    .description('import a file written by "wirewatch export --format ndjson"')
    .argument('<file>', 'input file, or - for standard input')
    .option(
      '--device <id>',
      'store everything under this device; the file must contain only one device',
      parseDevice,
    );
  return addTransferOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ wirewatch import everything.ndjson
  $ wirewatch import nas.ndjson --device nas-2
  $ zcat backup.ndjson.gz | wirewatch import - --data-dir /srv/wirewatch

Samples with the same series and time are replaced, so an interrupted import can simply be run again.
Exit codes: 0 done, 1 failed on the way, 2 something must be changed first.`,
    )
    .action(async (file: string, options: ImportCommandOptions) => {
      const run = async (): Promise<number> => (await import('./run-import')).runImport(file, options);
      finish(options.dataDir === undefined ? await run() : await withHubRuntime(run));
    });
}

function parseDevice(text: string): string {
  if (!DEVICE_ID.test(text)) {
    throw new InvalidArgumentError('It must be 1 to 64 characters from A-Z a-z 0-9 . _ : -.');
  }
  return text;
}
