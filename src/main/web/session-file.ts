import { join } from 'node:path';
import * as v from 'valibot';
import type { Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import { readJsonFile, setFileAside, writeJsonFile } from '../../files/json-file';

const savedSession = v.object({
  id: v.string(),
  /** SHA-256 of the cookie's value. */
  digest: v.string(),
  role: v.picklist(['viewer', 'admin']),
  local: v.boolean(),
  by: v.picklist(['machine', 'link', 'token']),
  tokenDigest: v.nullable(v.string()),
  address: v.string(),
  userAgent: v.nullable(v.string()),
  signedInAt: v.number(),
  lastSeenAt: v.number(),
});
const savedFile = v.object({ version: v.literal(1), browsers: v.array(savedSession) });

export type SavedSession = v.InferOutput<typeof savedSession>;

/** `browsers.json` in the data folder, accessible to this user only: the signed-in browsers, longest idle first. */
export interface SessionFile {
  load(): SavedSession[];
  save(sessions: readonly SavedSession[]): void;
}

/**
 * Opens the file. A file that cannot be understood is set aside, and everyone has to sign in again. Null stores
 * nothing.
 */
export function openSessionFile(dataDir: string | null, clock: Clock, log: Logger): SessionFile {
  if (dataDir === null) return { load: () => [], save() {} };
  const path = join(dataDir, 'browsers.json');
  return {
    load() {
      const read = readJsonFile(path);
      if (read.ok && read.value === null) return [];
      const parsed = read.ok ? v.safeParse(savedFile, read.value) : null;
      if (parsed?.success) return parsed.output.browsers;
      const aside = setFileAside(path, clock.now());
      log.error(`The file of signed-in browsers could not be read and was set aside as ${aside}.`);
      return [];
    },
    save(sessions) {
      const written = writeJsonFile(path, { version: 1, browsers: sessions });
      if (!written.ok) log.error(written.error.message, { code: written.error.code });
    },
  };
}
