import { createInterface } from 'node:readline/promises';
import { explainMulticast } from '@shared/discovery/explain-multicast';
import { fail, succeed, type Result } from '@shared/errors';
import type { FoundHub } from '../trust/hub-trust';
import type { KnownHub, KnownHubs } from '../trust/known-hubs';
import { browseHubs, type Browsed, type HubOnNetwork } from './browse';
import { showsKey } from './shows-key';

/** Where to connect when no address was given. */
export interface ChosenHub {
  url: string;
  /** Further addresses at which the same hub may be. */
  alternatives: string[];
  found: FoundHub;
}

type Wants = (hub: HubOnNetwork) => boolean;

export interface ChooseOptions {
  known: KnownHubs;
  /** Considers only hubs that announce this certificate. */
  fingerprint?: string | undefined;
  browse?: (forMs: number, wants: Wants) => Promise<Browsed>;
  /** Whether the peer at the announced address has the announced key and certificate. Sends it nothing. */
  prove?: (hub: HubOnNetwork) => Promise<boolean>;
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
  const { known, fingerprint, browse = browseFor, ask, say } = options;
  const isExpected = (shown: string | null): boolean => fingerprint === undefined || shown === fingerprint;
  const before = known.all().find(({ found, fingerprints }) => found && fingerprints.some(isExpected));
  if (before) return findAgain(before, browse, say);
  say('looking for a hub on this network');
  const wants: Wants = (hub) => isExpected(hub.fingerprint);
  const { hubs: all, problem } = await browse(BROWSE_MS, wants);
  const hubs = byPlace(all.filter(wants));
  const [first] = hubs;
  if (!first) {
    const why = problem
      ? `The agent cannot search the network for hubs (${explainMulticast(problem)}).`
      : 'No hub answers on this network. It may be off, or multicast may not reach it.';
    return fail('NO_HUB_FOUND', `${why} Give its address, such as: wirewatch agent 192.168.1.20`);
  }
  // Only one hub has the certificate that the user specified, so all addresses may be tried.
  if (hubs.length === 1 || fingerprint !== undefined || (await isOneHub(hubs, options)))
    return succeed(chosen(first, hubs));
  const list = hubs.map((hub, i) => `  ${i + 1}  ${describeHub(hub)}`);
  const compare = 'Compare their fingerprints with the one in the app under Settings';
  if (!ask) {
    return fail(
      'SEVERAL_HUBS',
      `There are several hubs:\n${list.join('\n')}\n${compare} and choose one: wirewatch agent <url> --fingerprint <sha256>`,
    );
  }
  say(`there are several hubs. ${compare}:`);
  for (const line of list) say(line);
  const number = Number((await ask(`Which one? 1 to ${hubs.length}: `)).trim());
  const hub = hubs[number - 1];
  return hub ? succeed(chosen(hub, [])) : fail('SEVERAL_HUBS', 'No hub was chosen.');
}

/**
 * The same hub as before, at the addresses where it was and at those where it is said to be now. Anybody can announce
 * anything, so the announced addresses come second.
 */
async function findAgain(
  before: KnownHub,
  browse: (forMs: number, wants: Wants) => Promise<Browsed>,
  say: (line: string) => void,
): Promise<Result<ChosenHub>> {
  const { keyId, hosts, fingerprints } = before;
  const name = before.name ?? hosts[0] ?? '';
  say(`looking for the hub ${name}`);
  const isSame: Wants = (hub) => keyId !== null && hub.keyId === keyId;
  const { hubs } = keyId === null ? { hubs: [] } : await browse(BROWSE_MS, isSame);
  const announced = hubs.filter(isSame).map(urlOfHub);
  const remembered = hosts.map((host) => `wss://${host}`);
  const [url, ...alternatives] = new Set([...remembered, ...announced]);
  if (url === undefined) {
    return fail('NO_HUB_FOUND', `The hub ${name} does not answer, and its address is not known any more.`);
  }
  if (announced.length === 0) say(`the hub does not answer; trying its last address, ${hosts[0] ?? ''}`);
  return succeed({ url, alternatives, found: { name, keyId, fingerprint: fingerprints[0] ?? null } });
}

/** The addresses that are announced for the hub with this key, by itself or by others. */
export async function locateHub(keyId: string): Promise<string[]> {
  const isSame: Wants = (hub) => hub.keyId === keyId;
  const { hubs } = await browseFor(BROWSE_MS, isSame);
  return [...new Set(hubs.map(urlOfHub))];
}

const browseFor = (forMs: number, wants: Wants): Promise<Browsed> => browseHubs({ forMs, wants });

/** One entry for each key and place, whatever names it has there. */
function byPlace(hubs: readonly HubOnNetwork[]): HubOnNetwork[] {
  const places = hubs.map(
    (hub) => [JSON.stringify([hub.keyId, hub.fingerprint, urlOfHub(hub)]), hub] as const,
  );
  return [...new Map(places).values()];
}

/** Whether these are the addresses of one hub: one key is announced for all of them, and all of them have it. */
async function isOneHub(
  hubs: readonly HubOnNetwork[],
  { prove = showsKey }: ChooseOptions,
): Promise<boolean> {
  const [first] = hubs;
  if (!first || first.keyId === null || hubs.some(({ keyId }) => keyId !== first.keyId)) return false;
  const proofs = await Promise.all(hubs.map(prove));
  return proofs.every(Boolean);
}

/** `all`: it may be any of these. */
function chosen(hub: HubOnNetwork, all: readonly HubOnNetwork[]): ChosenHub {
  const { name, fingerprint } = hub;
  const keyId = all.every((one) => one.keyId === hub.keyId) ? hub.keyId : null;
  return {
    url: urlOfHub(hub),
    alternatives: all.map(urlOfHub).filter((url) => url !== urlOfHub(hub)),
    found: { name, keyId, fingerprint },
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
