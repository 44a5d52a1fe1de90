import { Command, Option } from 'commander';
import { withHubRuntime } from './hub-runtime';
import { addTransferOptions, type TransferOptions } from './transfer-options';

export interface ExportOptions extends TransferOptions {
  device?: string;
  metric?: string;
  from: string;
  to: string;
  format: 'csv' | 'ndjson';
  time?: 'iso' | 'ms';
  raw?: boolean;
  output: string;
}

/** `wirewatch export`: samples of a running hub, or of a data folder, as CSV or NDJSON. */
export function createExportCommand(finish: (exitCode: number) => void): Command {
  const command = new Command('export').description('write measurements to a file, as CSV or NDJSON');
  return addTransferOptions(command)
    .option('--device <id>', 'of this device only')
    .option('--metric <name>', 'of this metric only')
    .option('--from <time>', 'ISO 8601, ms since the epoch, or relative such as -2h', '0')
    .option('--to <time>', 'the same; the range ends before it', '9999-12-31')
    .addOption(new Option('--format <format>', 'what to write').choices(['csv', 'ndjson']).default('csv'))
    .addOption(new Option('--time <style>', 'how CSV writes times (default: iso)').choices(['iso', 'ms']))
    .option('--raw', 'counters as they were sent (the default of ndjson)')
    .option('--no-raw', 'counters as their rate per second (the default of csv)')
    .option('--output <file>', 'where to write, - for standard output', '-')
    .addHelpText(
      'after',
      `
Examples:
  $ wirewatch export --from -24h --device nas --output nas.csv
  $ wirewatch export --format ndjson --output everything.ndjson     a copy for "wirewatch import"
  $ wirewatch export --data-dir ~/.local/share/wirewatch --format ndjson > everything.ndjson

Exit codes: 0 done, 1 failed under way, 2 something has to be changed first.`,
    )
    .action(async (options: ExportOptions) => {
      const run = async (): Promise<number> => (await import('./run-export')).runExport(options);
      finish(options.dataDir === undefined ? await run() : await withHubRuntime(run));
    });
}
