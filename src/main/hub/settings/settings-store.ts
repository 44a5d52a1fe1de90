import { join } from 'node:path';
import * as v from 'valibot';
import { Emitter } from '@shared/emitter';
import { FaultError } from '@shared/errors';
import { settingsPatchSchema } from '@shared/hub-api/settings';
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

/** Some of the settings; undefined ones count as absent. */
export type SettingsPatch = { [K in keyof Settings]?: Settings[K] | undefined };

/** The user's settings, stored in `settings.json`. The options given at start override them while this hub runs. */
export class SettingsStore {
  readonly changed: Emitter<Settings>;
  readonly #path: string | null;
  readonly #log: Logger;
  #saved: Settings = DEFAULTS;
  #overrides: Partial<Settings>;

  constructor(dataDir: string | null, overrides: SettingsPatch, log: Logger, now: number) {
    this.#path = dataDir === null ? null : join(dataDir, 'settings.json');
    this.#log = log;
    this.changed = new Emitter(listenerFaults(log));
    this.#overrides = definedOf(overrides);
    this.#load(now);
  }

  get current(): Settings {
    return { ...this.#saved, ...this.#overrides };
  }

  /**
   * Changes settings. From then on, they win over the options given at start. Throws `FILE_UNWRITABLE` and changes
   * nothing if they cannot be saved.
   */
  update(patch: SettingsPatch): Settings {
    const changes = definedOf(patch);
    const saved = { ...this.#saved, ...changes };
    if (this.#path !== null) {
      const written = writeJsonFile(this.#path, saved);
      if (!written.ok) throw new FaultError(written.error.code, written.error.message);
    }
    this.#saved = saved;
    for (const name of Object.keys(changes) as (keyof Settings)[]) delete this.#overrides[name];
    this.changed.emit(this.current);
    return this.current;
  }

  #load(now: number): void {
    if (this.#path === null) return;
    const read = readJsonFile(this.#path);
    const parsed = read.ok ? v.safeParse(settingsPatchSchema, read.value ?? {}) : null;
    if (parsed?.success) {
      this.#saved = { ...DEFAULTS, ...definedOf(parsed.output) };
      return;
    }
    const aside = setFileAside(this.#path, now);
    const why = read.ok ? '' : ` ${read.error.message}`;
    this.#log.error(
      `The settings file could not be read and was set aside as ${aside}. Defaults are used.${why}`,
    );
  }
}

/** Reads the retention that the user chose, before a hub runs; the defaults if there is none or it cannot be read. */
export function readSavedRetention(dataDir: string): Retention {
  const read = readJsonFile(join(dataDir, 'settings.json'));
  const parsed = read.ok ? v.safeParse(settingsPatchSchema, read.value ?? {}) : null;
  return (parsed?.success ? parsed.output.retention : undefined) ?? DEFAULTS.retention;
}

function definedOf(patch: SettingsPatch): Partial<Settings> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
