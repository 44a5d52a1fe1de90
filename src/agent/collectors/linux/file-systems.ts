import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { setFileSystem } from '../file-system-series';

const MAX_FILE_SYSTEMS = 32;

/**
 * Kinds that hold somebody's data on this machine. Network file systems are left out: asking one whose server is
 * gone blocks for minutes.
 */
const KINDS = new Set(
  'ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs bcachefs vfat exfat msdos ntfs ntfs3 fuseblk hfsplus apfs ubifs'.split(
    ' ',
  ),
);

interface Mount {
  device: string;
  mountpoint: string;
  kind: string;
}

export interface FileSystemFacts {
  bsize: number;
  blocks: number;
  bfree: number;
  bavail: number;
}

/** `system.filesystem.*` of local file systems, from the mount table and statfs(2). */
export function createFileSystemCollector(
  roots: SystemRoots,
  ask: (path: string) => Promise<FileSystemFacts> = statfs,
  isFolder: (path: string) => Promise<boolean> = async (path) => (await stat(path)).isDirectory(),
): Collector {
  return {
    name: 'filesystem',
    everyMs: 30_000,
    async read(slots) {
      const table = await readFile(join(roots.proc, 'self', 'mounts'), 'utf8');
      let first: Error | null = null;
      let worked = 0;
      for (const mount of chooseMounts(table)) {
        try {
          // Containers bind single files such as /etc/hosts from the host's disk.
          if (!(await isFolder(mount.mountpoint))) continue;
          const facts = await ask(mount.mountpoint);
          if (facts.blocks === 0) continue;
          setFileSystem(slots, mount, {
            total: facts.blocks * facts.bsize,
            used: (facts.blocks - facts.bfree) * facts.bsize,
            free: facts.bavail * facts.bsize,
            reserved: (facts.bfree - facts.bavail) * facts.bsize,
          });
          worked++;
        } catch (error) {
          first ??= error instanceof Error ? error : new Error(String(error));
        }
      }
      if (worked === 0 && first !== null) throw first;
    },
  };
}

/** One mount a device, the shortest path; the root always, whatever it is made of. */
export function chooseMounts(table: string): Mount[] {
  const byDevice = new Map<string, Mount>();
  for (const line of table.split('\n')) {
    const [device, path, kind] = line.split(' ');
    if (device === undefined || path === undefined || kind === undefined) continue;
    const mountpoint = unescape(path);
    if (mountpoint !== '/' && !KINDS.has(kind)) continue;
    if (mountpoint === '/' && kind === 'rootfs') continue;
    const known = byDevice.get(device);
    if (known && known.mountpoint.length <= mountpoint.length) continue;
    byDevice.set(device, { device: unescape(device), mountpoint, kind });
  }
  return [...byDevice.values()]
    .sort((a, b) => a.mountpoint.length - b.mountpoint.length)
    .slice(0, MAX_FILE_SYSTEMS);
}

/** Blanks in the mount table are written as octal escapes (getmntent(3)). */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
