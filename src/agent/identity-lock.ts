import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fail, succeed, type Result } from '@shared/errors';

/** Locks that this very process holds: a stale one may carry our own pid, as in a container started again. */
const held = new Set<string>();

/**
 * Takes a lock file or fails with `IDENTITY_IN_USE`. A lock whose process is gone, or whose pid is another
 * process by now, is taken over. Throws what `node:fs` throws. The value gives the lock back.
 */
export function takeLock(path: string, name: string): Result<() => void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, `${process.pid} ${startOf(process.pid)}\n`, { flag: 'wx', mode: 0o600 });
      held.add(path);
      return succeed(() => {
        if (held.delete(path)) rmSync(path, { force: true });
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = ownerOf(path);
    if (owner !== null) {
      return fail(
        'IDENTITY_IN_USE',
        `An agent named "${name}" is running on this machine already (process ${owner}); use --name for a second one.`,
      );
    }
    rmSync(path, { force: true });
  }
  return fail('IDENTITY_IN_USE', `Another agent named "${name}" is starting on this machine.`);
}

/** The pid of the living process that holds the lock; null when there is none. */
function ownerOf(path: string): number | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const [pidText = '', started = ''] = text.trim().split(' ');
  const pid = Number.parseInt(pidText, 10);
  if (!(pid > 0)) return null;
  if (pid === process.pid) return held.has(path) ? pid : null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  const now = startOf(pid);
  return started !== '' && now !== '' && now !== started ? null : pid;
}

/** When a process started, in clock ticks since boot: pids are used again, a pid with its start is not. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
