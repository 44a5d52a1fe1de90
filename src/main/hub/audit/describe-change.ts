import type { CommandArguments, CommandName, COMMANDS } from '@shared/hub-api';
import { formatBytes } from '@shared/metrics/units';
import type { Settings } from '@shared/model';

type AdminCommandName = {
  [Name in CommandName]: (typeof COMMANDS)[Name]['role'] extends 'admin' ? Name : never;
}[CommandName];

/** The current names of what changes are made to; null for what does not exist. */
export interface ChangeNames {
  device(id: string): string | null;
  joinToken(id: string): string | null;
  board(id: string): string | null;
  /** The device of a connection. */
  session(id: string): { id: string | null; name: string } | null;
  settings(): Settings;
}

/** A change, as the audit log has it. */
export interface Change {
  text: string;
  device: string | null;
}

type Describe<K extends CommandName> = (args: CommandArguments<K>, names: ChangeNames) => Change | null;

/**
 * How each command that only admins may call appears in the audit log; null for those that change nothing. A new
 * command without a line here does not compile.
 */
const CHANGES: { readonly [K in AdminCommandName]: Describe<K> | null } = {
  updateSettings: (patch, names) => describeSettings(patch, names.settings()),
  approveDevice: ({ device, code }, names) =>
    about(names, device, (name) => `Approved ${name}${code === undefined ? '' : ', digits compared'}.`),
  rejectDevice: ({ device }, names) => about(names, device, (name) => `Rejected ${name}.`),
  blockDevice: ({ device }, names) => about(names, device, (name) => `Blocked ${name} and its address.`),
  unblockDevice: ({ device }, names) => about(names, device, (name) => `Unblocked ${name}.`),
  issueDeviceKey: ({ device }, names) => about(names, device, (name) => `Issued a new key to ${name}.`),
  revokeDeviceKey: ({ device }, names) =>
    about(names, device, (name) => `Revoked the approval and the key of ${name}.`),
  createJoinToken: ({ name }) => of(`Created the join token "${name}".`),
  revokeJoinToken: ({ token }, names) => of(`Revoked the join token "${names.joinToken(token) ?? token}".`),
  removeDevice: ({ device }, names) => about(names, device, (name) => `Removed ${name} and its history.`),
  renameDevice: ({ device, name: next }, names) =>
    about(names, device, (name) =>
      next === null ? `Gave ${name} its own name back.` : `Renamed ${name} to "${next}".`,
    ),
  setDeviceTags: ({ device, tags }, names) =>
    about(names, device, (name) =>
      tags.length === 0 ? `Removed the tags of ${name}.` : `Tagged ${name}: ${tags.join(', ')}.`,
    ),
  setDeviceInterval: ({ device, intervalMs }, names) =>
    about(names, device, (name) =>
      intervalMs === null
        ? `Set the interval of ${name} back to the usual one.`
        : `Set the interval of ${name} to ${intervalMs / 1_000} s.`,
    ),
  setSeriesUnit: ({ device, series, unit }, names) =>
    about(names, device, (name) => {
      const more = series.length > 1 ? ` and ${series.length - 1} more series` : '';
      const which = `"${series[0]?.metric ?? ''}"${more} of ${name}`;
      return unit === null
        ? `Set the unit of ${which} back to its own.`
        : `Set the unit of ${which} to "${unit}".`;
    }),
  deleteDeviceData: ({ device }, names) => about(names, device, (name) => `Deleted the history of ${name}.`),
  closeSession({ session }, names) {
    const found = names.session(session);
    return found && { text: `Closed the connection of ${found.name}.`, device: found.id };
  },
  saveBoard: ({ board }, names) =>
    of(`${names.board(board.id) === null ? 'Created' : 'Changed'} the board "${board.name}".`),
  deleteBoard: ({ board }, names) => of(`Deleted the board "${names.board(board) ?? board}".`),
  addNote: ({ text, device }) => ({ text: `Added a note: ${shorten(text)}`, device }),
  updateNote: ({ text }) => of(`Changed a note: ${shorten(text)}`),
  deleteNote: () => of('Deleted a note.'),
  createUiLink: ({ role }) => of(`Created a link that opens the UI as ${role}.`),
  revokeBrowser: () => of('Signed a browser out.'),
  makeBackup: ({ history, passphrase }) =>
    of(
      `Made a backup ${history ? 'with' : 'without'} history, ${passphrase === null ? 'without secrets' : 'with sealed secrets'}.`,
    ),
  getBackupProgress: null,
  listJoinTokens: null,
  listBrowsers: null,
  listAudit: null,
  requestDevice: null,
};

/**
 * Describes the change that a command is about to make, while everything still has its old name; null for commands that
 * change nothing.
 */
export function describeChange<K extends CommandName>(
  name: K,
  args: CommandArguments<K>,
  names: ChangeNames,
): Change | null {
  const changes: { readonly [N in CommandName]?: Describe<N> | null } = CHANGES;
  return changes[name]?.(args, names) ?? null;
}

function of(text: string): Change {
  return { text, device: null };
}

function about(names: ChangeNames, device: string, text: (name: string) => string): Change {
  return { text: text(names.device(device) ?? device), device };
}

/** The settings as sentences name them. */
const SETTING_WORDS: Readonly<Record<keyof Settings, string>> = {
  theme: 'theme',
  port: 'port',
  intervalMs: 'sampling interval',
  admit: 'approval of new devices',
  tls: 'encryption',
  advertise: 'announcing the hub on the network',
  shareUi: 'opening the UI from other machines',
  localAgent: 'watching this computer',
  retention: 'how long history is kept',
};

function describeSettings(patch: Partial<Settings>, before: Settings): Change | null {
  const changes = (Object.keys(SETTING_WORDS) as (keyof Settings)[]).flatMap((name) => {
    const [was, now] = [before[name], patch[name]];
    if (now === undefined || JSON.stringify(now) === JSON.stringify(was)) return [];
    return [`${SETTING_WORDS[name]}, from ${show(name, was)} to ${show(name, now)}`];
  });
  return changes.length === 0 ? null : of(`Changed the settings: ${changes.join('; ')}.`);
}

function show(name: keyof Settings, value: Settings[keyof Settings]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return name === 'intervalMs' ? `${value / 1_000} s` : String(value);
  if (typeof value === 'string') return value;
  const { rawDays, minuteDays, hourDays, budgetBytes } = value;
  return `${rawDays}, ${minuteDays} and ${hourDays} days within ${formatBytes(budgetBytes)}`;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
