import type { CommandArguments, CommandName } from '@shared/hub-api';
import type { AuditAuthor, UiRole } from '@shared/model';
import type { AuditLog } from './audit-log';
import { describeChange, type ChangeNames } from './describe-change';

/** The caller of a command, as its transport knows it. */
export interface ChangeCaller {
  /** `ipc`, or the client's address. */
  from: string;
  role: UiRole;
  /** The signed-in browser it comes from, where it is one. */
  browser?: string | undefined;
  userAgent?: string | undefined;
}

/**
 * Writes each change that a command makes into the audit log. It looks at the command before it runs, since a removed
 * device has no name afterwards; the entry is written when the returned function is called.
 */
export function watchChanges(audit: AuditLog, now: () => number, names: ChangeNames) {
  return <K extends CommandName>(name: K, args: CommandArguments<K>, caller: ChangeCaller): (() => void) => {
    const change = describeChange(name, args, names);
    return () => {
      if (change !== null) audit.add({ at: now(), action: name, ...change, by: authorOf(caller) });
    };
  };
}

function authorOf({ from, role, browser, userAgent }: ChangeCaller): AuditAuthor {
  const kind = from === 'ipc' ? 'app' : browser === undefined ? 'api' : 'browser';
  return { kind, role, address: kind === 'app' ? null : from, userAgent: userAgent ?? null };
}
