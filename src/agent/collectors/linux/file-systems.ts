import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isHostTree, type Collector, type SystemRoots } from '../collector';
import { setFileSystem, setFileSystemUnknown } from '../file-system-series';
import { MAX_FILE_SYSTEMS } from '../priorities';
import type { SlotTable } from '../series-slots';
import { mountCandidates } from './choose-mounts';
import { FileSystemSpace, type FileSystemFacts } from './file-system-space';
import type { Mount } from './mount-table';

export { chooseMounts } from './choose-mounts';

/** A file system that has not answered within this time has no value until it does. */
const PATIENCE_MS = 3_000;
/** The most paths of one file system to try if the shorter ones are files or not readable for the agent. */
const MAX_CANDIDATES = 4;
/** Errors that need no warning: from files, other users' mounts, and mounts removed meanwhile. */
const QUIET_ERRORS = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM']);

type Ask = (path: string) => Promise<FileSystemFacts>;

/**
 * `system.filesystem.*` of local file systems, from the mount table and statfs(2). If one does not answer, only its own
 * values are missing, and it is not asked again while the question is open.
 */
export function createFileSystemCollector(
  roots: SystemRoots,
  ask?: Ask,
  isFolder?: (path: string) => Promise<boolean>,
): Collector {
  const space = new FileSystemSpace();
  const open = new Set<string>();

  async function askOnce(path: string): Promise<FileSystemFacts> {
    open.add(path);
    try {
      if (isFolder && !(await isFolder(path)))
        throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
      return await (ask ? ask(path) : space.ask(path));
    } finally {
      open.delete(path);
    }
  }

  /** Tries the paths of one file system. Rejects with the first error when none of them can be asked. */
  async function askAny(mounts: readonly Mount[]): Promise<{ mount: Mount; facts: FileSystemFacts }> {
    let first: Error | null = null;
    for (const mount of mounts.slice(0, MAX_CANDIDATES)) {
      try {
        return { mount, facts: await askOnce(join(roots.hostRoot ?? '/', mount.mountpoint)) };
      } catch (error) {
        first ??= asError(error);
      }
    }
    throw first ?? new Error('it has no mount');
  }

  return {
    name: 'filesystem',
    everyMs: 30_000,
    async read(slots) {
      const groups = mountCandidates(await readTable(roots));
      const leftOut = groups.slice(MAX_FILE_SYSTEMS).flatMap(([first]) => first?.mountpoint ?? []);
      slots.leftOut('file systems', leftOut, MAX_FILE_SYSTEMS);
      let worked = 0;
      const errors: Error[] = [];
      let isLate = false;
      const reads = groups.slice(0, MAX_FILE_SYSTEMS).map(async (mounts) => {
        // The earlier question is still open, and its caller awaits the answer.
        if (mounts.some(({ mountpoint }) => open.has(join(roots.hostRoot ?? '/', mountpoint)))) {
          reportHung(slots, mounts);
          return;
        }
        try {
          const { mount, facts } = await askAny(mounts);
          report(slots, mount, facts);
          if (!isLate) tellRecovered(slots, mounts);
          worked++;
        } catch (error) {
          errors.push(asError(error));
          reportFailed(slots, mounts, error);
        }
      });
      const pending = new Set(reads);
      for (const read of reads) void read.finally(() => pending.delete(read));
      await withinPatience(reads);
      isLate = true;
      for (const [i, mounts] of groups.slice(0, MAX_FILE_SYSTEMS).entries()) {
        const read = reads[i];
        if (read && pending.has(read)) reportHung(slots, mounts);
      }
      const [first] = errors;
      if (worked === 0 && pending.size === 0 && first) throw first;
    },
    dispose: () => space.dispose(),
  };
}

async function withinPatience(reads: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([Promise.all(reads), patience]);
  clearTimeout(timer);
}

function report(slots: SlotTable, mount: Mount, { bsize, blocks, bfree, bavail }: FileSystemFacts): void {
  // Pseudo file systems have no blocks.
  if (!(blocks > 0 && bsize > 0)) return;
  const free = Math.min(blocks, bfree);
  const fillable = Math.min(free, bavail);
  setFileSystem(slots, mount, {
    total: blocks * bsize,
    used: (blocks - free) * bsize,
    free: fillable * bsize,
    reserved: (free - fillable) * bsize,
  });
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
const topic = (mounts: readonly Mount[]) => mounts[0]?.mountpoint ?? '';

function reportHung(slots: SlotTable, mounts: readonly Mount[]): void {
  for (const { mountpoint } of mounts) setFileSystemUnknown(slots, mountpoint);
  const [first] = mounts;
  if (!first) return;
  slots.trouble(
    topic(mounts),
    `the file system at ${first.mountpoint} (${first.kind}) does not answer; how full it is will be unknown until it does`,
  );
}

function reportFailed(slots: SlotTable, mounts: readonly Mount[], error: unknown): void {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (QUIET_ERRORS.has(code)) return;
  for (const { mountpoint } of mounts) setFileSystemUnknown(slots, mountpoint);
  const why = error instanceof Error ? error.message : String(error);
  slots.trouble(topic(mounts), `the file system at ${topic(mounts)} cannot be read: ${why}`);
}

function tellRecovered(slots: SlotTable, mounts: readonly Mount[]): void {
  slots.recovered(topic(mounts), `the file system at ${topic(mounts)} answers again`);
}

/** Reads the long table if there is one. In another machine's `/proc`, the mounts of process 1 are the machine's. */
async function readTable(roots: SystemRoots): Promise<string> {
  const owners = isHostTree(roots) ? ['1', 'self', ''] : ['self'];
  const paths = owners.flatMap((owner) =>
    ['mountinfo', 'mounts'].map((file) => join(roots.proc, owner, file)),
  );
  let first: Error | null = null;
  for (const path of paths) {
    try {
      const text = await readFile(path, 'utf8');
      if (text.trim() !== '') return text;
    } catch (error) {
      first ??= asError(error);
    }
  }
  throw first ?? new Error(`${roots.proc} has no table of mounts`);
}
