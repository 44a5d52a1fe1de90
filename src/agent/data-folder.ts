import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { succeed, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';
import { judgeFolder } from '../files/folder-trust';
import { sweepDrafts } from '../files/replace-file';

/**
 * Judges the agent's data folder before anything in it is read: whoever can write there chooses which hubs are trusted
 * and where files are written. Fails with `FOLDER_OF_OTHERS`. A folder that does not exist is fine.
 */
export function checkDataFolder(path: string, log: Logger): Result<null> {
  if (!existsSync(path)) return succeed(null);
  const judged = judgeFolder(path);
  if (!judged.ok) return judged;
  for (const warning of judged.value) log.warn(warning, { code: 'FOLDER_OPEN_TO_OTHERS' });
  for (const folder of [path, join(path, 'agents')]) sweepDrafts(folder, Date.now());
  return succeed(null);
}
