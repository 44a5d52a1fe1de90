import { Command } from 'commander';

/** The process behind `wirewatch demo` that plays the devices; started by it, told what to do over IPC. */
export function createDemoFleetCommand(finish: (exitCode: number) => void): Command {
  return new Command('demo-fleet').action(async () => {
    const { runFleetProcess } = await import('../demo/fleet-process');
    finish(await runFleetProcess());
  });
}
