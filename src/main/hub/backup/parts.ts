/** The names of a backup's parts. They are also the places of the files in the data folder, except for `secrets`. */

export const HISTORY_PART = 'history/history.db';
/** A sealed JSON object with the texts of {@link SECRET_FILES}. */
export const SECRETS_PART = 'secrets';

/** Small files that let nobody in: of keys and tokens they have digests alone. */
export const PLAIN_FILES = ['settings.json', 'boards.json', 'devices.journal', 'audit.ndjson'] as const;
export const TOKEN_FOLDER = 'join-tokens';
export const TOKEN_FILE = /^[0-9a-f]{8}\.json$/;
/** Files that let their owner act as this hub. */
export const SECRET_FILES = ['tls/key.pem', 'tls/certificate.pem'] as const;

/** Files of earlier versions and of sign-ins, which belong to the data that a restore puts aside. */
export const REPLACED_FILES = [
  ...PLAIN_FILES,
  'data-version.json',
  'devices.json',
  'join-token-uses.json',
  'browsers.json',
  TOKEN_FOLDER,
  HISTORY_PART,
  `${HISTORY_PART}-wal`,
  `${HISTORY_PART}-shm`,
] as const;

/** Whether a backup may have a part of this name: the list is closed, so no name leads out of the folder. */
export function isPartName(name: string): boolean {
  if (name === HISTORY_PART || name === SECRETS_PART) return true;
  if (PLAIN_FILES.some((each) => each === name)) return true;
  const [folder, file = '', ...rest] = name.split('/');
  return folder === TOKEN_FOLDER && rest.length === 0 && TOKEN_FILE.test(file);
}
