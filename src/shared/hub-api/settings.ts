import * as v from 'valibot';
import type { Settings } from '../model';
import { adminCommand, topic, viewerCommand } from './command';
import { intervalMs, nothing } from './schemas';

const days = v.pipe(v.number(), v.minValue(0.01), v.maxValue(36_500));

/** Any of the settings; the file on disk is read with this schema too. */
export const settingsPatchSchema = v.partial(
  v.object({
    theme: v.picklist(['system', 'dark', 'light']),
    port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
    intervalMs,
    admit: v.picklist(['ask', 'token', 'open']),
    tls: v.picklist(['off', 'allow', 'require']),
    advertise: v.boolean(),
    shareUi: v.boolean(),
    localAgent: v.boolean(),
    retention: v.object({
      rawDays: days,
      minuteDays: days,
      hourDays: days,
      budgetBytes: v.pipe(v.number(), v.integer(), v.minValue(64 * 1024 * 1024)),
    }),
  }),
);

export const settingsCommands = {
  getSettings: viewerCommand(nothing).returns<Settings>(),
  updateSettings: adminCommand(settingsPatchSchema).returns<Settings>(),
};

export const settingsTopics = {
  settings: topic(nothing).sends<Settings>(),
};
