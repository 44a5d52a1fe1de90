import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { succeed, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import { DEVICE_ID } from '@shared/protocol/agent-messages';
import { checkedObject, withChecksum } from '../files/checksum';
import { makeFolders } from '../files/make-folders';
import { replaceFile } from '../files/replace-file';
import { takeLock } from './identity-lock';

/** The identity of this agent, kept between runs. */
export interface Identity {
  readonly id: string;
  /**
   * A folder for this agent's exclusive use until `release`; null when nothing can be stored. It may not exist yet.
   */
  readonly folder: string | null;
  /** The key that a hub gave this device. */
  keyFor(hub: string): string | undefined;
  /** Stores a key, if it is another one than before. */
  saveKey(hub: string, key: string): void;
  /** The hub that was known as `from` is known as `to` from now on, with the same key. */
  moveKey(from: string, to: string): void;
  /** Lets another process use this identity. */
  release(): void;
}

/** The most hubs whose keys are kept; the one added first is dropped. */
const MAX_KEYS = 32;

const fileSchema = v.object({
  id: v.pipe(v.string(), v.regex(DEVICE_ID)),
  name: v.string(),
  keys: v.optional(v.record(v.string(), v.string()), {}),
});
type IdentityFile = v.InferOutput<typeof fileSchema>;

/** Where agents store their data, following the conventions of each system. */
export function defaultDataDir(
  env: NodeJS.ProcessEnv = process.env,
  system: NodeJS.Platform = process.platform,
): string {
  if (system === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'wirewatch');
  if (system === 'darwin') return join(homedir(), 'Library', 'Application Support', 'wirewatch');
  return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'wirewatch');
}

/**
 * The identity of the agent called `name`, created on its first run; two names on one machine are two devices. If the
 * folder is not writable, its contents are still used, an id that is not stored there is valid only for this run, and
 * a warning says so. Fails with `IDENTITY_IN_USE` when another process is using this identity.
 */
export function openIdentity(dataDir: string | null, name: string, log: Logger): Result<Identity> {
  const data: IdentityFile = { id: randomUUID(), name, keys: {} };
  if (dataDir === null) return succeed(makeIdentity(data, null, null, () => {}, log));
  const folder = join(dataDir, 'agents');
  const fileName = fileNameFor(name);
  const path = join(folder, `${fileName}.json`);
  try {
    makeFolders(folder);
    const lock = takeLock(`${path.slice(0, -5)}.lock`, name);
    if (!lock.ok) return lock;
    const known = readIdentity(path, log);
    if (known) Object.assign(data, known);
    else writeIdentity(path, data);
    return succeed(makeIdentity(data, path, join(dataDir, 'spool', fileName), lock.value, log));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const known = peekIdentity(path);
    if (known) Object.assign(data, known);
    log.warn(
      known
        ? `cannot write to ${folder} (${why}); keys and other data from the hub will not be saved`
        : `cannot save an identity in ${folder} (${why}); the hub will see a new device at the next start`,
    );
    return succeed(makeIdentity(data, null, null, () => {}, log));
  }
}

function makeIdentity(
  data: IdentityFile,
  path: string | null,
  folder: string | null,
  release: () => void,
  log: Logger,
): Identity {
  function replaceKeys(keys: Readonly<Record<string, string>>): void {
    data.keys = { ...keys };
    if (path === null) return;
    try {
      writeIdentity(path, data);
    } catch (error) {
      log.warn(`cannot save the device's key: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  const keysExcept = (...hubs: string[]) => Object.entries(data.keys).filter(([hub]) => !hubs.includes(hub));

  return {
    id: data.id,
    folder,
    keyFor: (hub) => (Object.hasOwn(data.keys, hub) ? data.keys[hub] : undefined),
    saveKey(hub, key) {
      if (Object.hasOwn(data.keys, hub) && data.keys[hub] === key) return;
      replaceKeys(Object.fromEntries([...keysExcept(hub).slice(1 - MAX_KEYS), [hub, key]]));
    },
    moveKey(from, to) {
      const key = Object.hasOwn(data.keys, from) ? data.keys[from] : undefined;
      if (key !== undefined) replaceKeys(Object.fromEntries([...keysExcept(from, to), [to, key]]));
    },
    release,
  };
}

/** A readable file name that differs for any two different names. */
function fileNameFor(name: string): string {
  const readable = name.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 40);
  return `${readable}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

function parseIdentity(text: string): IdentityFile {
  const value: unknown = JSON.parse(text);
  const checked = typeof value === 'object' && value !== null ? checkedObject(value) : null;
  return v.parse(fileSchema, checked);
}

/** Reads without setting a damaged file aside, for a folder that is not writable. */
function peekIdentity(path: string): IdentityFile | null {
  try {
    return parseIdentity(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function readIdentity(path: string, log: Logger): IdentityFile | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return parseIdentity(text);
  } catch {
    const aside = `${path}.damaged`;
    renameSync(path, aside);
    log.warn(`the identity in ${path} was damaged and was moved to ${aside}; the hub will see a new device`);
    return null;
  }
}

function writeIdentity(path: string, data: IdentityFile): void {
  replaceFile(path, `${JSON.stringify(withChecksum(data), null, 2)}\n`);
}
