import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { parseSpoolAge } from '../../agent/spool-options';
import { defaultDataDir } from '../default-data-dir';
import { withHubRuntime } from './hub-runtime';
import { parseCount } from './options';

const MAX_USES = 100_000;
const MAX_NAME = 64;
const DEFAULT_LIFETIME_MS = 7 * 86_400_000;

interface FolderOptions {
  dataDir: string;
  json?: boolean;
}
interface CreateOptions extends FolderOptions {
  uses?: number;
  /** In ms; null for no limit. */
  lifetime?: number | null;
}

/**
 * `wirewatch token create | list | revoke`: manages the join tokens in a hub's data folder, whether or not the hub is
 * running. A running hub rereads them when they change.
 */
export function createTokenCommand(finish: (exitCode: number) => void): Command {
  const command = new Command('token').description('create, list and revoke join tokens for new devices');

  withFolder(command.command('create').description('create a token; it is printed only once'))
    .argument('[name]', 'its name in the app', parseName, 'command line')
    .option(
      '--uses <count>',
      'how many new devices may join with it (default: any number)',
      parseCount(MAX_USES),
    )
    .option('--lifetime <time>', 'how long it is valid: 12h, 4w, … or forever (default: 7d)', parseLifetime)
    .addHelpText(
      'after',
      `
Standard output contains only the token:
  $ WIREWATCH_TOKEN=$(wirewatch token create lab --uses 1) wirewatch agent ws://192.168.1.20:7411`,
    )
    .action(async (name: string, options: CreateOptions) => {
      const wanted = {
        name,
        lifetimeMs: options.lifetime === undefined ? DEFAULT_LIFETIME_MS : options.lifetime,
        maxUses: options.uses ?? null,
      };
      finish(
        await withHubRuntime(async () =>
          (await import('./run-token')).createToken(options.dataDir, wanted, options.json),
        ),
      );
    });

  withFolder(command.command('list').description('list the tokens, without their secrets')).action(
    async ({ dataDir, json }: FolderOptions) => {
      finish(await withHubRuntime(async () => (await import('./run-token')).listTokens(dataDir, json)));
    },
  );

  withFolder(command.command('revoke').description('revoke a token; devices that joined with it stay'))
    .argument('<id>', 'the id shown by "token list"')
    .action(async (id: string, { dataDir }: FolderOptions) => {
      finish(await withHubRuntime(async () => (await import('./run-token')).revokeToken(dataDir, id)));
    });

  return command.addHelpText(
    'after',
    `\nThere can be up to ${DEFAULT_LIMITS.joinTokens} tokens; expired and used-up ones make room for new ones.`,
  );
}

function withFolder(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'the data folder of the hub', defaultDataDir())
    .option('--json', 'write JSON to standard output');
}

function parseName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > MAX_NAME) {
    throw new InvalidArgumentError(`A name has 1 to ${MAX_NAME} characters.`);
  }
  return name;
}

function parseLifetime(text: string): number | null {
  return text === 'forever' ? null : parseSpoolAge(text);
}
