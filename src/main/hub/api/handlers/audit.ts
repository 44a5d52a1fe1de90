import type { auditCommands } from '@shared/hub-api/audit';
import type { AuditLog } from '../../audit/audit-log';
import type { CommandHandlers } from '../command-handlers';

export interface AuditHandlersContext {
  audit: AuditLog;
}

export function createAuditHandlers({
  audit,
}: AuditHandlersContext): CommandHandlers<keyof typeof auditCommands> {
  return { listAudit: ({ limit, before }) => audit.list(limit, before) };
}
