import { createInterface } from 'node:readline/promises';
import { explainMulticast } from '@shared/discovery/explain-multicast';
import { fail, succeed, type Result } from '@shared/errors';
import type { FoundHub } from '../trust/hub-trust';
import type { KnownHub, KnownHubs } from '../trust/known-hubs';
import { browseHubs, type Browsed, type HubOnNetwork } from './browse';

/** Where to connect when no address was given. */
export interface ChosenHub {
  url: string;
  found: FoundHub;
}

export interface ChooseOptions {
  known: KnownHubs;
  /** Considers only hubs that announce this certificate. */
  fingerprint?: string | undefined;
  browse?: (forMs: number) => Promise<Browsed>;
  /** Asks the user for a number; null if there is no user to ask. */
  ask: ((question: string) => Promise<string>) | null;
  say(line: string): void;
}

const BROWSE_MS = 3_000;

export const urlOfHub = ({ address, port, tls }: HubOnNetwork): string =>
  `${tls === 'off' ? 'ws' : 'wss'}://${address}:${port}`;

/**
 * Chooses the hub when none was named: the one found before, else the only one that answers, else the one that the
 * user picks. Fails with `NO_HUB_FOUND` or `SEVERAL_HUBS`, with advice.
 */
export async function chooseHub(options: ChooseOptions): Promise<Result<ChosenHub>> {
  const { known, fingerprint, browse = (forMs) => browseHubs({ forMs }), ask, say } = options;
  const isWanted = (shown: string | null | undefined): boolean =>
    fingerprint === undefined || shown === fingerprint;
  const before = known.all().find(({ found, fingerprints }) => found && fingerprints.some(isWanted));
  say(before ? `looking for the hub ${before.name ?? before.hosts[0]}` : 'looking for a hub on this network');
  const { hubs: all, problem } = await browse(BROWSE_MS);
  const hubs = all.filter((hub) => isWanted(hub.fingerprint));
  if (before) return succeed(again(before, hubs, say));
  if (hubs.length === 0) {
    const why = problem
      ? `The agent cannot search the network for hubs (${explainMulticast(problem)}).`
      : 'No hub answers on this network. It may be off, or multicast may not reach it.';
    return fail('NO_HUB_FOUND', `${why} Give its address, such as: wirewatch agent 192.168.1.20`);
  }
  if (hubs.length === 1 && hubs[0]) return succeed(chosen(hubs[0]));
  const list = hubs.map((hub, i) => `  ${i + 1}  ${describeHub(hub)}`);
  if (!ask) {
    return fail(
      'SEVERAL_HUBS',
      `There are several hubs:\n${list.join('\n')}\nChoose one: wirewatch agent <url>`,
    );
  }
  say('there are several hubs:');
  for (const line of list) say(line);
  const number = Number((await ask(`Which one? 1 to ${hubs.length}: `)).trim());
  const hub = hubs[number - 1];
  return hub ? succeed(chosen(hub)) : fail('SEVERAL_HUBS', 'No hub was chosen.');
}

/** The same hub as before at its current address, or at its last address if it does not answer. */
function again(before: KnownHub, hubs: readonly HubOnNetwork[], say: (line: string) => void): ChosenHub {
  const same = hubs.find(({ keyId }) => keyId !== null && keyId === before.keyId);
  if (same) return chosen(same);
  const [host = ''] = before.hosts;
  const others = hubs.length > 0 ? `, and none of the ${hubs.length} hubs found here is the same hub` : '';
  say(`the hub does not answer${others}; trying its last address, ${host}`);
  return {
    url: `wss://${host}`,
    found: { name: before.name ?? host, keyId: before.keyId, fingerprint: before.fingerprints[0] ?? null },
  };
}

/** The address that the hub with this key announces now; null if it does not answer. */
export async function locateHub(keyId: string): Promise<string | null> {
  const { hubs } = await browseHubs({ forMs: BROWSE_MS });
  const same = hubs.find((hub) => hub.keyId === keyId);
  return same ? urlOfHub(same) : null;
}

function chosen(hub: HubOnNetwork): ChosenHub {
  return {
    url: urlOfHub(hub),
    found: { name: hub.name, keyId: hub.keyId, fingerprint: hub.fingerprint },
  };
}

/** One line of a list: `nas  wss://192.168.1.20:7411  AB:CD:…`. */
export function describeHub(hub: HubOnNetwork): string {
  const encryption = hub.fingerprint === null ? 'not encrypted' : hub.fingerprint.slice(0, 23);
  return `${hub.name}  ${urlOfHub(hub)}  ${encryption}`;
}

/** Asks on the terminal; null when there is none. */
export function terminalAsker(): ChooseOptions['ask'] {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return null;
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return await lines.question(question);
    } finally {
      lines.close();
    }
  };
}
