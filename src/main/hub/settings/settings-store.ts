import { join } from 'node:path';
import * as v from 'valibot';
import { Emitter } from '@shared/emitter';
import { COMMAND_PARAMS } from '@shared/hub-api';
import { listenerFaults, type Logger } from '@shared/logger';
import type { Retention, Settings } from '@shared/model';
import { DEFAULT_INTERVAL_MS, DEFAULT_PORT } from '@shared/protocol/limits';
import { readJsonFile, setFileAside, writeJsonFile } from '../../../files/json-file';

const DEFAULTS: Settings = {
  theme: 'system',
  port: DEFAULT_PORT,
  intervalMs: DEFAULT_INTERVAL_MS,
  admit: 'ask',
  tls: 'allow',
  advertise: true,
  shareUi: false,
  localAgent: true,
  retention: { rawDays: 7, minuteDays: 90, hourDays: 1_826, budgetBytes: 5 * 1024 ** 3 },
};

/** The user's settings: kept in `settings.json`, overlaid while this hub runs by what it was started with. */
export class SettingsStore {
  readonly changed: Emitter<Settings>;
  readonly #path: string | null;
  readonly #log: Logger;
  #saved: Settings = DEFAULTS;
  #overrides: Partial<Settings>;

  constructor(dataDir: string | null, overrides: Partial<Settings>, log: Logger, now: number) {
    this.#path = dataDir === null ? null : join(dataDir, 'settings.json');
    this.#log = log;
    this.changed = new Emitter(listenerFaults(log));
    this.#overrides = Object.fromEntries(
      Object.entries(overrides).filter(([, value]) => value !== undefined),
    );
    this.#load(now);
  }

  get current(): Settings {
    return { ...this.#saved, ...this.#overrides };
  }

  /** What the user sets wins over what the hub was started with, from now on. */
  update(patch: Partial<Settings>): Settings {
    this.#saved = { ...this.#saved, ...patch };
    for (const name of Object.keys(patch) as (keyof Settings)[]) delete this.#overrides[name];
    if (this.#path !== null) {
      const written = writeJsonFile(this.#path, this.#saved);
      if (!written.ok) this.#log.error(written.error.message, { code: written.error.code });
    }
    this.changed.emit(this.current);
    return this.current;
  }

  #load(now: number): void {
    if (this.#path === null) return;
    const read = readJsonFile(this.#path);
    const parsed = read.ok ? v.safeParse(COMMAND_PARAMS.updateSettings, read.value ?? {}) : null;
    if (parsed?.success) {
      this.#saved = { ...DEFAULTS, ...definedOf(parsed.output) };
      return;
    }
    const aside = setFileAside(this.#path, now);
    this.#log.error(`The settings could not be understood and are set aside as ${aside}; defaults are used.`);
  }
}

/** The retention that the user chose, before a hub runs; the defaults when there is none or it cannot be read. */
export function readSavedRetention(dataDir: string): Retention {
  const read = readJsonFile(join(dataDir, 'settings.json'));
  const parsed = read.ok ? v.safeParse(COMMAND_PARAMS.updateSettings, read.value ?? {}) : null;
  return (parsed?.success ? parsed.output.retention : undefined) ?? DEFAULTS.retention;
}

function definedOf(patch: { [K in keyof Settings]?: Settings[K] | undefined }): Partial<Settings> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
