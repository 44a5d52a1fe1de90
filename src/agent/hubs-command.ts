import { Command } from 'commander';
import { explainMulticast } from '@shared/discovery/explain-multicast';
import { silentLogger } from '@shared/logger';
import { checkDataFolder } from './data-folder';
import { browseHubs } from './discovery/browse';
import { describeHub, urlOfHub } from './discovery/choose-hub';
import { showsKey } from './discovery/shows-key';
import { defaultDataDir } from './identity';
import { KnownHubs } from './trust/known-hubs';

const BROWSE_MS = 3_000;

/** `wirewatch hubs`: lists the hubs that answer on the network. Exit code 1 when none does. */
export function createHubsCommand(finish: (exitCode: number) => void): Command {
  return new Command('hubs')
    .description('list the hubs on this network')
    .option('--json', 'write JSON to standard output')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { hubs, problem } = await browseHubs({ forMs: BROWSE_MS });
      // A folder that others can write to says nothing about which hubs are known.
      const isOwn = checkDataFolder(defaultDataDir(), silentLogger).ok;
      const known = new KnownHubs(isOwn ? defaultDataDir() : null, silentLogger);
      const rows = await Promise.all(
        hubs.map(async (hub) => ({
          ...hub,
          url: urlOfHub(hub),
          // Anybody can announce a known key; only the hub has it.
          known: hub.keyId !== null && known.byKey(hub.keyId) !== undefined && (await showsKey(hub)),
        })),
      );
      if (json) process.stdout.write(`${JSON.stringify(rows)}\n`);
      else for (const row of rows) process.stdout.write(`${describeHub(row)}${row.known ? '  known' : ''}\n`);
      if (rows.length === 0) {
        const why = problem
          ? `the network cannot be searched (${explainMulticast(problem)})`
          : 'no hub answers on this network';
        process.stderr.write(`wirewatch: No hub was found: ${why}.\n`);
      }
      finish(rows.length > 0 ? 0 : 1);
    });
}
