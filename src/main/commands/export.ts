import { Command, Option } from 'commander';
import { withHubRuntime } from './hub-runtime';
import type { ExportOptions } from './run-export';
import { addTransferOptions } from './transfer-options';

/** `wirewatch export`: exports samples of a running hub, or of a data folder, as CSV or NDJSON. */
export function createExportCommand(finish: (exitCode: number) => void): Command {
  const command = new Command('export').description('write samples to a file, as CSV or NDJSON');
  return addTransferOptions(command)
    .option('--device <id>', 'only this device')
    .option('--metric <name>', 'only this metric')
    .option('--from <time>', 'start of the range: ISO 8601, ms since the epoch, or relative such as -2h', '0')
    .option('--to <time>', 'end of the range, exclusive; the same formats', '9999-12-31')
    .addOption(new Option('--format <format>', 'file format').choices(['csv', 'ndjson']).default('csv'))
    .addOption(
      new Option('--time <style>', 'how times are written in CSV (default: iso)').choices(['iso', 'ms']),
    )
    .option('--bom', 'begin CSV with a byte order mark, so that Excel reads it as UTF-8')
    .option('--raw', 'export counters as they were sent (default for ndjson)')
    .option('--no-raw', 'export counters as rates per second (default for csv)')
    .option('--output <file>', 'output file, or - for standard output', '-')
    .addHelpText(
      'after',
      `
Examples:
  $ wirewatch export --from -24h --device nas --output nas.csv
  $ wirewatch export --format ndjson --output everything.ndjson     a copy for "wirewatch import"
  $ wirewatch export --data-dir ~/.local/share/wirewatch --format ndjson > everything.ndjson

Exit codes: 0 done, 1 failed on the way, 2 something must be changed first.`,
    )
    .action(async (options: ExportOptions) => {
      const run = async (): Promise<number> => (await import('./run-export')).runExport(options);
      finish(options.dataDir === undefined ? await run() : await withHubRuntime(run));
    });
}
