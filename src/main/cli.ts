import { Command, CommanderError } from 'commander';
import { stackOf } from '@shared/errors';
import { hideSecrets } from '@shared/hide-secrets';
import { createAgentCommand } from '../agent/command';
import { createHubsCommand } from '../agent/hubs-command';
import { createBackupCommand } from './commands/backup';
import { createDemoCommand } from './commands/demo';
import { createDemoFleetCommand } from './commands/demo-fleet';
import { createExportCommand } from './commands/export';
import { createImportCommand } from './commands/import';
import { createRecoverCommand } from './commands/recover';
import { createRestoreCommand } from './commands/restore';
import { createServeCommand } from './commands/serve';
import { createTokenCommand } from './commands/token';
import { installPaths } from './install-paths';

/** Exit code for an invalid command line. */
const EXIT_USAGE = 2;
const CALM_MS = 30;

/** Runs the command line on plain Node. It never loads Electron, and loads the hub only in commands that need it. */
async function main(argv: string[]): Promise<number> {
  let exitCode = 0;
  const finish = (code: number): void => {
    exitCode = code;
  };
  const program = new Command('wirewatch')
    .description('Watch everything on your network, live.')
    .version(installPaths().version)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(asOneLine(text)) })
    .addHelpText(
      'after',
      `
Examples:
  $ wirewatch serve                                 the hub, with its UI in the browser
  $ wirewatch agent                                 report this machine to the hub on your network
  $ wirewatch agent 192.168.1.20                    report to the hub at this address
  $ wirewatch demo                                  try it with simulated devices`,
    );
  const commands = [
    createServeCommand(finish),
    createAgentCommand(),
    createHubsCommand(finish),
    createDemoCommand(finish),
    createExportCommand(finish),
    createImportCommand(finish),
    createTokenCommand(finish),
    createRecoverCommand(finish),
    createBackupCommand(finish),
    createRestoreCommand(finish),
  ];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
    for (const inner of command.commands) inner.copyInheritedSettings(program);
  }
  const hidden = createDemoFleetCommand(finish).copyInheritedSettings(program);
  program.addCommand(hidden, { hidden: true });

  if (argv.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
  // The agent's command sets its own exit code there.
  return exitCode === 0 ? Number(process.exitCode ?? 0) : exitCode;
}

/** Shortens an error to one line, because commander writes `error: …`, sometimes with a hint on a second line. */
function asOneLine(text: string): string {
  const line = text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/^error: /, '');
  return `wirewatch: ${line}${/[.!?)]$/.test(line) ? '' : '.'} Try --help.\n`;
}

/**
 * Ends the process after a short pause. Node can deadlock if it exits while it compiles hot code in the background
 * (nodejs/node#54918); the pause, in which nothing else happens, lets the compilation finish.
 */
function endSoon(exitCode: number): void {
  setTimeout(() => process.exit(exitCode), CALM_MS);
}

main(process.argv.slice(2)).then(endSoon, (error: unknown) => {
  process.stderr.write(`wirewatch: ${hideSecrets(stackOf(error))}\n`);
  process.exit(1);
});
