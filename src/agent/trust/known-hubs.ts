import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Logger } from '@shared/logger';
import { makeFolders } from '../../files/make-folders';
import { replaceFile } from '../../files/replace-file';

const knownHub = v.object({
  /** SHA-256 of its public key; null if a certificate authority vouches for any key. */
  keyId: v.nullable(v.pipe(v.string(), v.regex(/^[\w-]{43}$/))),
  /** The `host:port` addresses it was reached at, latest first; none when another hub has taken them all. */
  hosts: v.array(v.pipe(v.string(), v.maxLength(300))),
  /** Fingerprints of the certificates it has presented, latest first. */
  fingerprints: v.array(v.pipe(v.string(), v.regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/))),
  /** The name it announced on the network; null if it was never found there. */
  name: v.nullable(v.pipe(v.string(), v.maxLength(200))),
  /** Whether the agent found it by discovery, and should find it again in the same way. */
  found: v.boolean(),
  since: v.number(),
  lastSeenAt: v.number(),
});
export type KnownHub = v.InferOutput<typeof knownHub>;
const fileSchema = v.object({ hubs: v.array(knownHub) });

/** More hubs than anyone has; the one not seen for longest is dropped. */
const MAX_HUBS = 64;
const MAX_HOSTS = 8;
const MAX_FINGERPRINTS = 4;
/** `lastSeenAt` alone is not worth writing the file more often than this. */
const SEEN_EVERY_MS = 86_400_000;

/**
 * The hubs that this user's agents have met over TLS, like ssh's `known_hosts`: stored in `hubs.json`, readable only
 * by the owner. The file is read and written as a whole each time, because several agents on one machine share it.
 */
export class KnownHubs {
  readonly #path: string | null;
  readonly #log: Logger;
  #hubs: KnownHub[] = [];
  /** Set when the file exists but cannot be understood: then no new hub may be trusted. */
  #problem: string | null = null;

  constructor(dataDir: string | null, log: Logger) {
    this.#path = dataDir === null ? null : join(dataDir, 'hubs.json');
    this.#log = log;
    this.#read();
  }

  /** Why no new hub can be trusted right now; null normally. */
  get problem(): string | null {
    return this.#problem;
  }

  all(): readonly KnownHub[] {
    return this.#hubs;
  }

  byHost(host: string): KnownHub | undefined {
    return this.#hubs.find(({ hosts }) => hosts.includes(host));
  }

  byKey(keyId: string): KnownHub | undefined {
    return this.#hubs.find((hub) => hub.keyId === keyId);
  }

  /** Remembers that the hub with this key was met at `host`; from now on `host` means this hub. */
  met(
    seen: { keyId: string | null; host: string; fingerprint: string; name: string | null; found: boolean },
    now: number,
  ): void {
    this.#read();
    const { keyId, host, fingerprint, name, found } = seen;
    const before = keyId === null ? this.byHost(host) : this.byKey(keyId);
    const hub: KnownHub = {
      keyId,
      hosts: [host, ...(before?.hosts ?? []).filter((one) => one !== host)].slice(0, MAX_HOSTS),
      fingerprints: [fingerprint, ...(before?.fingerprints ?? []).filter((one) => one !== fingerprint)].slice(
        0,
        MAX_FINGERPRINTS,
      ),
      // Anybody on the network can announce a name for a hub, so the first one stays.
      name: before?.name ?? name,
      found: found || (before?.found ?? false),
      since: before?.since ?? now,
      lastSeenAt: now,
    };
    const others = this.#hubs
      .filter((other) => other !== before)
      // A hub stays known by its key without any address. One that is known by its address alone ends with it.
      .map((other) => ({ ...other, hosts: other.hosts.filter((one) => one !== host) }))
      .filter(({ keyId: id, hosts }) => id !== null || hosts.length > 0)
      .sort((a, b) => b.lastSeenAt - a.lastSeenAt);
    const hubs = [hub, ...others].slice(0, MAX_HUBS);
    if (isSame(hubs, this.#hubs)) return;
    this.#hubs = hubs;
    this.#write();
  }

  /** Forgets the hubs known by this address, name or key. Returns them. */
  forget(what: string): KnownHub[] {
    this.#read();
    const matches = ({ hosts, name, keyId }: KnownHub): boolean =>
      name === what || keyId === what || hosts.some((host) => host === what || host.startsWith(`${what}:`));
    const forgotten = this.#hubs.filter(matches);
    this.#hubs = this.#hubs.filter((hub) => !matches(hub));
    if (forgotten.length > 0) this.#write();
    return forgotten;
  }

  #read(): void {
    if (this.#path === null) return;
    try {
      this.#hubs = v.parse(fileSchema, JSON.parse(readFileSync(this.#path, 'utf8'))).hubs;
      this.#problem = null;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
      // Overwriting it would discard the protection against impostors.
      this.#problem = `${this.#path}, the list of trusted hubs, cannot be read; delete it to start over`;
    }
  }

  #write(): void {
    if (this.#path === null || this.#problem !== null) return;
    try {
      makeFolders(dirname(this.#path));
      replaceFile(this.#path, `${JSON.stringify({ hubs: this.#hubs }, null, 2)}\n`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#log.warn(
        `cannot save the hub in ${this.#path} (${why}); the next start will trust whichever certificate it sees`,
      );
    }
  }
}

/** Whether two lists differ in no more than when each hub was last seen, and that not by much. */
function isSame(a: readonly KnownHub[], b: readonly KnownHub[]): boolean {
  const withoutTime = (hubs: readonly KnownHub[]): string =>
    JSON.stringify(hubs.map((hub) => ({ ...hub, lastSeenAt: 0 })));
  return (
    withoutTime(a) === withoutTime(b) &&
    a.every(({ lastSeenAt }, i) => Math.abs(lastSeenAt - (b[i]?.lastSeenAt ?? 0)) < SEEN_EVERY_MS)
  );
}
