import { Command, Option } from 'commander';
import { defaultDataDir } from '../default-data-dir';
import { withHubRuntime } from './hub-runtime';
import { addServerOptions, type ServerOptions } from './server-options';

interface ServeOptions extends ServerOptions {
  dataDir: string;
  store: 'memory' | 'sqlite';
  localAgent: boolean;
  advertise: boolean;
}

/** `wirewatch serve`: runs the hub and its UI for browsers, without a desktop. */
export function createServeCommand(finish: (exitCode: number) => void): Command {
  const command = new Command('serve').description('run the hub and serve the UI to browsers');
  return addServerOptions(command)
    .option('--data-dir <folder>', 'where settings, known devices and history are stored', defaultDataDir())
    .addOption(
      new Option('--store <kind>', 'where samples are stored')
        .choices(['sqlite', 'memory'])
        .default('sqlite'),
    )
    .option('--no-local-agent', 'do not watch this computer')
    .option('--no-advertise', 'do not announce the hub on the network (mDNS)')
    .addHelpText(
      'after',
      `
Examples:
  $ wirewatch serve                              watch this computer and wait for others
  $ wirewatch serve --share-ui                   also share the UI on the network, by link
  $ wirewatch serve --port 0 --json              for scripts: prints {"event":"ready","url":…}
  $ wirewatch serve --ui-token "$(openssl rand -hex 16)"
  $ wirewatch serve --limit sessions=200 --limit messageBytes=65536`,
    )
    .action(async (options: ServeOptions) => {
      finish(
        await withHubRuntime(async () => {
          const { runServer } = await import('./run-server');
          return runServer({
            options,
            title: 'is watching.',
            runtime: {
              dataDir: options.dataDir,
              store: options.store,
              ...(!options.localAgent && { localAgent: false }),
              ...(!options.advertise && { advertise: false }),
            },
          });
        }),
      );
    });
}
