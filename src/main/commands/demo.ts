import { Command } from 'commander';
import { withHubRuntime } from './hub-runtime';
import { parseCount } from './options';
import { addServerOptions, type ServerOptions } from './server-options';

const MAX_DEVICES = 5_000;

interface DemoOptions extends ServerOptions {
  devices: number;
  seed: number;
}

/** `wirewatch demo`: runs the hub with simulated devices. It stores nothing. */
export function createDemoCommand(finish: (exitCode: number) => void): Command {
  const command = new Command('demo').description('run the hub with simulated devices, to try it');
  return addServerOptions(command)
    .option('--devices <number>', 'how many devices to simulate', parseCount(MAX_DEVICES), 25)
    .option('--seed <number>', 'a different seed simulates different devices', parseCount(1_000_000), 1)
    .addHelpText(
      'after',
      `
Examples:
  $ wirewatch demo
  $ wirewatch demo --devices 1000 --port 0`,
    )
    .action(async (options: DemoOptions) => {
      finish(
        await withHubRuntime(async () => {
          const { runServer } = await import('./run-server');
          const { startDemo } = await import('../demo/start-demo');
          return runServer({
            options,
            title: `shows ${options.devices} simulated devices.`,
            runtime: { dataDir: null, localAgent: false, advertise: false, demo: true },
            then: (wirewatch) => startDemo(wirewatch, options),
          });
        }),
      );
    });
}
