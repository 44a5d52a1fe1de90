import { Command } from 'commander';

/**
 * Creates the command for the process that simulates the devices of `wirewatch demo`, which starts it and controls it
 * over IPC.
 */
export function createDemoFleetCommand(finish: (exitCode: number) => void): Command {
  return new Command('demo-fleet').action(async () => {
    const { runFleetProcess } = await import('../demo/fleet-process');
    finish(await runFleetProcess());
  });
}
