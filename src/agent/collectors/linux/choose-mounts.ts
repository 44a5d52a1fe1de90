import { parseMounts, type Mount } from './mount-table';

/** Kinds that hold users' data on this machine's disks, or on a host that shares its own with a VM or container. */
const KINDS = new Set(
  (
    'ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs reiser4 nilfs2 bcachefs vfat msdos exfat ntfs ntfs3 hfs hfsplus apfs ' +
    'ubifs jffs2 yaffs2 ocfs2 gfs2 fuseblk mergerfs unionfs aufs mhddfs virtiofs 9p vboxsf prl_fs drvfs fakeowner'
  ).split(' '),
);
/**
 * FUSE file systems that are not reported: network file systems, which are left out like those of the kernel, and views
 * of data that is stored elsewhere. Pools of disks (mergerfs, Unraid's shfs) are reported.
 */
const FUSE_NOT_SHOWN =
  /^fuse\.(sshfs|rclone|s3fs|gcsfuse|goofys|davfs2?|curlftpfs|glusterfs|ceph|juicefs|gvfsd-fuse|portal|lxcfs|snapfuse|squashfuse|fuse-overlayfs|overlayfs|archivemount|google-drive-ocamlfuse|onedrive|kio-fuse|dumpfs|doc|revokefs-fuse|jetbrains.*|.*AppImage.*)$/i;
/**
 * Mounts that container engines, orchestrators and packages make for themselves. Their own disk may be mounted there.
 */
const NOT_SHOWN = [
  /^\/(var\/)?snap\//,
  /^\/var\/lib\/snapd\//,
  /^\/run\/(?!media\/)/,
  /^\/var\/run\//,
  /^\/(proc|sys|dev)\//,
  /^\/(usr\/lib\/wsl|mnt\/wslg)\//,
  /\/kubelet\/(pods|plugins)\//,
  /^\/var\/lib\/(rancher|k0s)\/.+\//,
  /\/docker\/(overlay2?|aufs|btrfs|zfs|devicemapper|vfs|containers|volumes|rootfs|image|buildkit|plugins|tmp|fuse-overlayfs)\//,
  /\/(containerd|containers)\/(.*\/)?(overlay|btrfs|zfs|vfs|snapshots|storage|io\.containerd[^/]*|rootfs|sandboxes)\//,
  /\/var\/lib\/(lxc|lxd|incus|machines|flatpak|nomad|buildkit|cni|dockershim|crio)\/.+\//,
  /\/(kubernetes\.io|csi)[^/]*\/.*\/(mount|globalmount)$/,
];
/** Files that engines put into containers, each a mount of the host's disk. */
const FILES =
  /^\/(etc\/(hosts|hostname|resolv\.conf|localtime|timezone|machine-id|mtab)|dev\/termination-log|var\/run\/secrets(\/.*)?|run\/secrets(\/.*)?|\.dockerenv)$/;

/**
 * Returns the file systems to report, each with its shortest paths first: if a path is a file or cannot be reached, the
 * next one is used. The root is always included, whatever its kind.
 */
export function mountCandidates(table: string): Mount[][] {
  // A later mount hides an earlier one at the same path.
  const visible = new Map<string, Mount>();
  for (const mount of parseMounts(table)) if (mount.kind !== 'rootfs') visible.set(mount.mountpoint, mount);
  const byFileSystem = new Map<string, Mount[]>();
  for (const mount of visible.values()) {
    if (mount.mountpoint !== '/' && !isWanted(mount)) continue;
    const key = fileSystemOf(mount);
    byFileSystem.set(key, [...(byFileSystem.get(key) ?? []), mount]);
  }
  const length = ({ mountpoint }: Mount) => mountpoint.length;
  return [...byFileSystem.values()]
    .map((mounts) => mounts.sort((a, b) => length(a) - length(b)))
    .sort(([a], [b]) => (a ? length(a) : 0) - (b ? length(b) : 0));
}

/** Returns one mount for each file system: the one with the shortest path. */
export function chooseMounts(table: string): Mount[] {
  return mountCandidates(table).flatMap(([first]) => first ?? []);
}

function isWanted({ kind, mountpoint }: Mount): boolean {
  if (!KINDS.has(kind) && (!kind.startsWith('fuse.') || FUSE_NOT_SHOWN.test(kind))) return false;
  return !FILES.test(mountpoint) && !NOT_SHOWN.some((pattern) => pattern.test(mountpoint));
}

/**
 * Mounts of one file system in several places, or of parts of it (subvolumes, bind mounts), share one space. They are
 * recognised by the device if there is one; pools and shares may have the same name as others.
 */
function fileSystemOf({ device, number, mountpoint, kind }: Mount): string {
  if (device.startsWith('/dev/') || kind === 'zfs') return device;
  return number ?? (/^(fuse\.|virtiofs$|9p$|mergerfs$)/.test(kind) ? `${device} ${mountpoint}` : device);
}
