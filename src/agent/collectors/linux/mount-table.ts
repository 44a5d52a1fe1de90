/** One entry of the mount table. */
export interface Mount {
  device: string;
  mountpoint: string;
  kind: string;
  /** Major and minor number of the file system, `8:1`; null if only the short table is available. */
  number: string | null;
}

/**
 * Parses `/proc/<pid>/mountinfo` or `/proc/<pid>/mounts` (proc(5)), in the order of mounting. Other lines are skipped.
 */
export function parseMounts(table: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of table.split('\n')) {
    const mount = parseMountInfo(line) ?? parseMount(line);
    if (mount && !mount.mountpoint.includes('\0')) mounts.push(mount);
  }
  return mounts;
}

/** `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`, with any number of fields before the dash. */
function parseMountInfo(line: string): Mount | null {
  const fields = line.split(' ');
  const [id, parent, number, , path] = fields;
  const dash = fields.indexOf('-', 6);
  const [kind, device] = dash < 0 ? [] : fields.slice(dash + 1, dash + 3);
  if (!/^\d+$/.test(id ?? '') || !/^\d+$/.test(parent ?? '') || !/^\d+:\d+$/.test(number ?? '')) return null;
  if (number === undefined || !path?.startsWith('/') || !kind || device === undefined) return null;
  return { device: unescape(device), mountpoint: unescape(path), kind, number };
}

/** `/dev/sda1 / ext4 rw,relatime 0 0` */
function parseMount(line: string): Mount | null {
  const [device, path, kind] = line.split(' ');
  if (device === undefined || !path?.startsWith('/') || !kind) return null;
  return { device: unescape(device), mountpoint: unescape(path), kind, number: null };
}

/** Blanks in the mount table are written as octal escapes (getmntent(3)), other bytes as they are. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
