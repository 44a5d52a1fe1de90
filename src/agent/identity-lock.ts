import { closeSync, constants, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fail, succeed, type Result } from '@shared/errors';

/** Locks held by this process. A stale lock file may contain our own pid, for example in a restarted container. */
const held = new Set<string>();

/**
 * The flag of `open` that locks the file until its process ends, however it ends (libuv's `UV_FS_O_EXLOCK`), for the
 * systems that have it.
 */
const LOCKING: Partial<Record<NodeJS.Platform, number>> = { darwin: 0x20, freebsd: 0x20, win32: 0x1000_0000 };

/**
 * Takes a lock file or fails with `IDENTITY_IN_USE`. A lock whose process is gone, or whose pid now belongs to
 * another process, is taken over. Throws what `node:fs` throws. The value releases the lock.
 */
export function takeLock(
  path: string,
  name: string,
  system: NodeJS.Platform = process.platform,
): Result<() => void> {
  const locking = LOCKING[system];
  return locking === undefined ? takeByPid(path, name) : takeFromSystem(path, name, locking);
}

/**
 * Lets the system hold the lock. The file's contents do not matter. The file stays when the lock is released, because
 * another process may be opening it.
 */
function takeFromSystem(path: string, name: string, locking: number): Result<() => void> {
  // Windows has neither flag, and does not wait anyway.
  const {
    O_CREAT,
    O_RDWR,
    O_NONBLOCK = 0,
    O_NOFOLLOW = 0,
  } = constants as Partial<typeof constants> & typeof constants;
  let file: number;
  try {
    file = openSync(path, O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW | locking, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EAGAIN' && code !== 'EWOULDBLOCK' && code !== 'EBUSY') throw error;
    return fail(
      'IDENTITY_IN_USE',
      `An agent named "${name}" is already running on this machine. Use --name for a second one.`,
    );
  }
  held.add(path);
  return succeed(() => {
    if (held.delete(path)) closeSync(file);
  });
}

/** Records the lock as the pid in the file, with the time at which that process started. */
function takeByPid(path: string, name: string): Result<() => void> {
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
        `An agent named "${name}" is already running on this machine (process ${owner}). Use --name for a second one.`,
      );
    }
    rmSync(path, { force: true });
  }
  return fail('IDENTITY_IN_USE', `Another agent named "${name}" is starting on this machine.`);
}

/** The pid of the running process that holds the lock; null when there is none. */
function ownerOf(path: string): number | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const [pidText = '', started] = text
    .trimStart()
    .replace(/[\r\n]+$/, '')
    .split(' ');
  const pid = Number.parseInt(pidText, 10);
  if (!(pid > 0)) return null;
  if (pid === process.pid) return held.has(path) ? pid : null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  if (started === undefined) return pid;
  // Empty if the file was written by a system without start times, for example another one that shares this folder. On
  // a system with start times, none of its own processes wrote it.
  if (started === '') return startOf(process.pid) === '' ? pid : null;
  const now = startOf(pid);
  return now !== '' && now !== started ? null : pid;
}

/**
 * When a process started, in clock ticks since boot. Pids are reused, but a pid together with its start time is
 * unique.
 */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
