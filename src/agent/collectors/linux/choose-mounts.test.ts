import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseMounts, mountCandidates } from './choose-mounts';
import { parseMounts } from './mount-table';

const shown = (...lines: string[]) => chooseMounts(lines.join('\n')).map(({ mountpoint }) => mountpoint);
const root = '/dev/sda2 / ext4 rw 0 0';

describe('the file systems that are reported', () => {
  it('are the root and the volumes of a container, not the files that engines bind into it', () => {
    expect(
      shown(
        'overlay / overlay rw 0 0',
        '/dev/mapper/vg-vol2 /etc/hosts ext4 rw 0 0',
        '/dev/mapper/vg-vol2 /volume2 ext4 rw 0 0',
      ),
    ).toEqual(['/', '/volume2']);
    const files = [
      '/etc/resolv.conf',
      '/etc/hostname',
      '/dev/termination-log',
      '/var/run/secrets/kubernetes.io/x',
    ];
    expect(
      shown('overlay / overlay rw 0 0', ...files.map((path) => `/dev/sda1 ${path} ext4 rw 0 0`)),
    ).toEqual(['/']);
  });

  it('are the disks of a host, not the layers of its containers and the volumes of its pods', () => {
    expect(
      shown(
        'rpool/ROOT / zfs rw 0 0',
        'rpool/docker/1 /var/lib/docker/zfs/graph/0001 zfs rw 0 0',
        '/dev/rbd0 /var/lib/kubelet/pods/1/volumes/csi/mount ext4 rw 0 0',
      ),
    ).toEqual(['/']);
    expect(shown(root, '/dev/sdb1 /var/lib/docker ext4 rw 0 0')).toEqual(['/', '/var/lib/docker']);
    expect(shown(root, '/dev/sdb1 /var/lib/containers/storage xfs rw 0 0')).toHaveLength(2);
  });

  it.each([
    'overlay /var/lib/docker/overlay2/ab/merged overlay rw 0 0',
    '/dev/sdc /var/lib/docker/btrfs/subvolumes/ab btrfs rw 0 0',
    '/dev/mapper/docker-8:1-1-ab /var/lib/docker/devicemapper/mnt/ab xfs rw 0 0',
    'tank/d/1 /tank/docker/zfs/graph/1 zfs rw 0 0',
    '/dev/sdc /var/lib/docker/volumes/db/_data ext4 rw 0 0',
    '/dev/sdc /var/lib/kubelet/plugins/kubernetes.io/csi/pv/pvc-1/globalmount ext4 rw 0 0',
    '/dev/sdc /var/snap/microk8s/common/var/lib/kubelet/pods/1/volumes/x ext4 rw 0 0',
    '/dev/sdc /var/lib/rancher/k3s/storage/pvc-1 ext4 rw 0 0',
    'pool/snap /var/lib/containerd/io.containerd.snapshotter.v1.zfs/snapshots/1 zfs rw 0 0',
    '/dev/sdc /var/lib/containers/storage/btrfs/subvolumes/1 btrfs rw 0 0',
    'pool/lxc /var/lib/lxd/storage-pools/default/containers/a zfs rw 0 0',
    '/dev/loop3 /snap/core20/1 squashfs ro 0 0',
    '/dev/fuse /etc/pve fuse rw 0 0',
    'lxcfs /var/lib/lxcfs fuse.lxcfs rw 0 0',
    'gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw 0 0',
    'portal /run/user/1000/doc fuse.portal rw 0 0',
    'x.AppImage /tmp/.mount_x fuse.x.AppImage ro 0 0',
    'nas:/export /mnt/nas nfs4 rw 0 0',
    '//nas/share /mnt/share cifs rw 0 0',
    'me@nas:/ /mnt/ssh fuse.sshfs rw 0 0',
    'systemd-1 /mnt/auto autofs rw 0 0',
    'tmpfs /run tmpfs rw 0 0',
    'drivers /usr/lib/wsl/drivers 9p ro 0 0',
    'none /usr/lib/wsl/lib overlay rw 0 0',
  ])('are not: %s', (line) => expect(shown(root, line)).toEqual(['/']));

  it.each([
    '1:2:3 /pool fuse.mergerfs rw 0 0',
    'shfs /mnt/user fuse.shfs rw 0 0',
    'shared /mnt/shared virtiofs rw 0 0',
    'C:\\134 /mnt/c 9p rw 0 0',
    '/dev/sdb1 /run/media/ada/stick exfat rw 0 0',
    '/dev/sdb1 /media/ntfs fuseblk rw 0 0',
    '/dev/md0 /srv ext4 rw 0 0',
    '/dev/mapper/luks-1 /home btrfs rw 0 0',
    '/dev/nvme0n1p1 /boot/efi vfat rw 0 0',
    '/dev/sda1:/dev/sdb1 /data bcachefs rw 0 0',
    'rpool/home /home zfs rw 0 0',
  ])('are: %s', (line) => expect(shown(root, line)).toHaveLength(2));

  it('are told once, however many subvolumes and bind mounts they have', () => {
    expect(
      shown(
        '/dev/sda2 /home btrfs rw,subvol=/@home 0 0',
        '/dev/sda2 / btrfs rw,subvol=/@ 0 0',
        '/dev/sda2 /var/log btrfs rw,subvol=/@log 0 0',
        '/dev/sdb1 /export/media ext4 rw 0 0',
        '/dev/sdb1 /srv ext4 rw 0 0',
      ),
    ).toEqual(['/', '/srv']);
  });

  it('stay apart where pools and shares have one name, and are told once where the kernel says they are one', () => {
    expect(shown(root, 'mergerfs /a fuse.mergerfs rw 0 0', 'mergerfs /b fuse.mergerfs rw 0 0')).toEqual([
      '/',
      '/a',
      '/b',
    ]);
    const info = (id: number, number: string, path: string) =>
      `${id} 1 ${number} / ${path} rw,relatime shared:3 master:1 - fuse.mergerfs mergerfs rw,user_id=0`;
    expect(
      shown(
        '1 0 8:2 / / rw - ext4 /dev/sda2 rw',
        info(2, '0:50', '/pool'),
        info(3, '0:50', '/srv/pool'),
        info(4, '0:51', '/other'),
      ),
    ).toEqual(['/', '/pool', '/other']);
  });

  it('are what was mounted last where several are mounted over each other', () => {
    const table =
      'rootfs / rootfs rw 0 0\n/dev/a / ext4 rw 0 0\nsystemd-1 /b autofs rw 0 0\n/dev/b /b ext4 rw 0 0';
    expect(chooseMounts(table)).toMatchObject([{ device: '/dev/a' }, { device: '/dev/b' }]);
    expect(shown(root, '/dev/b /b ext4 rw 0 0', 'systemd-1 /b autofs rw 0 0')).toEqual(['/']);
  });

  it('may have other paths, in case the shortest is a file', () => {
    const [, second] = mountCandidates(
      `${root}\n/dev/b /app.conf ext4 rw 0 0\n/dev/b /data/media ext4 rw 0 0`,
    );
    expect(second?.map(({ mountpoint }) => mountpoint)).toEqual(['/app.conf', '/data/media']);
  });
});

describe('the table of mounts', () => {
  it('is read in both forms, with any optional fields and with escaped blanks', () => {
    expect(
      parseMounts('36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw'),
    ).toEqual([{ device: '/dev/root', mountpoint: '/mnt 2', kind: 'ext3', number: '98:0' }]);
    expect(parseMounts('36 35 98:0 / / rw - ext3 /dev/root rw')).toHaveLength(1);
    expect(parseMounts('/dev/b /mnt/\\134x\\011y ext4')).toMatchObject([
      { mountpoint: '/mnt/\\x\ty', number: null },
    ]);
  });

  it('gives paths and no exceptions, whatever it holds', () => {
    const token = fc.oneof(
      fc.constantFrom('36', '8:1', '/', '/a', '-', 'ext4', 'fuse.x', '\\000', '\\777', '', '\0', 'rw'),
      fc.string({ maxLength: 8 }),
    );
    const table = fc
      .array(fc.array(token).map((tokens) => tokens.join(' ')))
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(table, (text) => {
        for (const { mountpoint } of chooseMounts(text)) {
          expect(mountpoint.startsWith('/')).toBe(true);
          expect(mountpoint).not.toContain('\0');
        }
      }),
      { numRuns: 500 },
    );
  });
});
