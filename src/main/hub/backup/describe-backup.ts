import type { BackupManifest } from './format';

/** A backup that was made, for the audit log. */
export function describeBackup({ hasHistory, seal }: BackupManifest): string {
  const history = hasHistory ? 'with history' : 'without history';
  return `Made a backup ${history}, ${seal === null ? 'without secrets' : 'with sealed secrets'}.`;
}

/** `wirewatch-2026-12-01T08-50-00.backup`: of when it was made, in UTC. */
export function backupFileName({ madeAt }: BackupManifest): string {
  return `wirewatch-${new Date(madeAt).toISOString().slice(0, 19).replaceAll(':', '-')}.backup`;
}
