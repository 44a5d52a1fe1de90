import { readFileSync } from 'node:fs';
import { fail, succeed, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import type { AgentOptions } from './agent';
import { chooseHub, locateHub, terminalAsker } from './discovery/choose-hub';
import { parseFingerprint } from './trust/fingerprint';
import { KnownHubs } from './trust/known-hubs';

/** What the user specified about the hub on the command line. */
export interface HubChoice {
  url?: string | undefined;
  fingerprint?: string | undefined;
  /** A PEM file. */
  ca?: string | undefined;
}

export type HubAccess = Pick<
  AgentOptions,
  'url' | 'alternatives' | 'fingerprint' | 'ca' | 'found' | 'relocate'
>;

/**
 * Where the hub is and how to recognise it: as the user specified, or as found on the network. Fails with
 * `BAD_FINGERPRINT`, `CA_UNREADABLE`, `NO_HUB_FOUND` or `SEVERAL_HUBS`.
 */
export async function findHub(choice: HubChoice, dataDir: string, log: Logger): Promise<Result<HubAccess>> {
  const how = readTrust(choice);
  if (!how.ok) return how;
  if (choice.url !== undefined) return succeed({ ...how.value, url: choice.url });
  const chosen = await chooseHub({
    known: new KnownHubs(dataDir, log),
    fingerprint: how.value.fingerprint,
    ask: terminalAsker(),
    say: (line) => log.info(line),
  });
  if (!chosen.ok) return chosen;
  const { keyId } = chosen.value.found;
  const relocate = keyId === null ? undefined : () => locateHub(keyId);
  return succeed({ ...how.value, ...chosen.value, relocate });
}

function readTrust({ fingerprint, ca }: HubChoice): Result<Pick<AgentOptions, 'fingerprint' | 'ca'>> {
  const parsed = fingerprint === undefined ? undefined : parseFingerprint(fingerprint);
  if (parsed === null) {
    return fail(
      'BAD_FINGERPRINT',
      'A fingerprint is 64 hex digits, such as AB:CD:…: the hub shows it in Settings.',
    );
  }
  const known = parsed === undefined ? {} : { fingerprint: parsed };
  if (ca === undefined) return succeed(known);
  try {
    const pem = readFileSync(ca, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return succeed({ ...known, ca: pem });
    return fail('CA_UNREADABLE', `${ca} contains no certificate in PEM format.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail('CA_UNREADABLE', `The authority's certificate cannot be read: ${why}.`);
  }
}

/** Forgets hubs by address, name or key. Returns a sentence that says what was done. Fails with `HUB_UNKNOWN`. */
export function forgetHub(what: string, dataDir: string, log: Logger): Result<string> {
  const forgotten = new KnownHubs(dataDir, log).forget(what);
  if (forgotten.length === 0) {
    return fail('HUB_UNKNOWN', `No hub at ${what} is known, so there is nothing to forget.`);
  }
  const names = forgotten.map(({ name, hosts }) => name ?? hosts[0] ?? '').join(', ');
  return succeed(`forgot ${names}: the next certificate it shows will be trusted`);
}
