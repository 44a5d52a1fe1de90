import * as v from 'valibot';
import type { AuditEntry } from '../model';
import { adminCommand } from './command';
import { upTo } from './schemas';

/** The audit log: each change with its author, time and origin. */
export const auditCommands = {
  /** Returns the newest entries, newest first; with `before`, those older than the entry with that id. */
  listAudit: adminCommand(
    v.object({
      limit: v.optional(upTo(1_000), 100),
      before: v.optional(v.pipe(v.number(), v.safeInteger())),
    }),
  ).returns<AuditEntry[]>(),
};
