import type { ComputerCharacter } from './computer';

export interface ComputerRole {
  name: string;
  os: string;
  arch: string;
  model: string;
  tags: string[];
  says: string[];
  character: ComputerCharacter;
}

const MB = 1_000_000;
const KB = 1_000;

const DEFAULTS: ComputerCharacter = {
  cores: 4,
  base: 0.05,
  gain: 1.5,
  memoryGb: 16,
  memoryUsed: 0.4,
  swapGb: 0,
  traffic: [60 * KB, 25 * KB],
  interfaces: ['eth0'],
  diskRate: [40 * KB, 180 * KB],
  disks: ['nvme0n1'],
  fileSystems: [
    ['/', 256, 0.41],
    ['/boot', 1, 0.33],
  ],
  sensors: [
    ['CPU package', 41, 78],
    ['NVMe', 38, 55],
  ],
  processes: 240,
  bootDaysAgo: 21,
};

const PI: Partial<ComputerCharacter> = {
  memoryGb: 4,
  memoryUsed: 0.31,
  traffic: [9 * KB, 6 * KB],
  diskRate: [2 * KB, 28 * KB],
  disks: ['mmcblk0'],
  fileSystems: [
    ['/', 58, 0.37],
    ['/boot/firmware', 0.5, 0.14],
  ],
  sensors: [['SoC', 47, 71]],
  processes: 128,
};

const DEBIAN = 'Debian GNU/Linux 13';
const UBUNTU = 'Ubuntu 26.04 LTS';

function role(
  name: string,
  os: string,
  arch: string,
  model: string,
  tags: string[],
  character: Partial<ComputerCharacter>,
  says: string[] = [],
): ComputerRole {
  return { name, os, arch, model, tags, says, character: { ...DEFAULTS, ...character } };
}

/** The computers of a household with a workshop and a small office, in the order in which a demo takes them. */
export const COMPUTER_ROLES: readonly [ComputerRole, ...ComputerRole[]] = [
  role(
    'nas',
    'TrueNAS SCALE 25.10',
    'x64',
    'DIY, Intel N100',
    ['home', 'storage'],
    {
      gain: 1.2,
      memoryGb: 32,
      memoryUsed: 0.58,
      traffic: [2.4 * MB, 3.1 * MB],
      diskRate: [2.2 * MB, 1.6 * MB],
      disks: ['nvme0n1', 'sda', 'sdb'],
      fileSystems: [
        ['/', 120, 0.22],
        ['/mnt/tank', 14_900, 0.71],
        ['/mnt/backup', 7_450, 0.48],
      ],
      sensors: [
        ['CPU package', 39, 66],
        ['sda', 36, 44],
        ['sdb', 37, 45],
      ],
      fan: true,
      bootDaysAgo: 94,
    },
    [
      'Snapshot tank@hourly taken',
      'Scrub of pool tank finished without errors',
      'Backup of workstation done: 3.2 GB',
    ],
  ),
  role('desk-pi', 'Raspberry Pi OS 13', 'arm64', 'Raspberry Pi 5', ['home', 'pi'], {
    ...PI,
    memoryGb: 8,
    base: 0.07,
  }),
  role(
    'workstation',
    'Fedora Linux 44',
    'x64',
    'AMD Ryzen 9 7900X',
    ['office'],
    {
      cores: 12,
      base: 0.09,
      gain: 3,
      memoryGb: 64,
      memoryUsed: 0.37,
      swapGb: 8,
      traffic: [420 * KB, 90 * KB],
      interfaces: ['enp5s0', 'wlp6s0'],
      diskRate: [650 * KB, 1.4 * MB],
      fileSystems: [
        ['/', 930, 0.52],
        ['/home', 1_860, 0.63],
        ['/boot', 1, 0.41],
      ],
      sensors: [
        ['CPU die', 46, 88],
        ['GPU', 42, 74],
        ['NVMe', 41, 62],
      ],
      fan: true,
      processes: 612,
      bootDaysAgo: 3.4,
    },
    ['Screen unlocked', 'Build of firmware finished in 84 s'],
  ),
  role(
    'router',
    'OpenWrt 25.12',
    'arm64',
    'Banana Pi R4',
    ['network'],
    {
      base: 0.04,
      gain: 0.7,
      memoryGb: 4,
      memoryUsed: 0.16,
      traffic: [3.6 * MB, 1.1 * MB],
      interfaces: ['eth1', 'br-lan', 'wlan0'],
      diskRate: [0, 900],
      disks: ['mmcblk0'],
      fileSystems: [['/overlay', 7, 0.11]],
      sensors: [
        ['CPU', 52, 69],
        ['Wi-Fi', 55, 72],
      ],
      processes: 74,
      bootDaysAgo: 61,
    },
    ['DHCP lease renewed by printer', 'WAN address is unchanged'],
  ),
  role(
    'media-server',
    DEBIAN,
    'x64',
    'Intel NUC 13',
    ['home', 'media'],
    {
      base: 0.11,
      gain: 2.6,
      traffic: [700 * KB, 2.2 * MB],
      memoryUsed: 0.49,
      diskRate: [1.8 * MB, 240 * KB],
      fileSystems: [
        ['/', 230, 0.38],
        ['/srv/media', 7_450, 0.83],
      ],
      fan: true,
    },
    ['Transcoding started: 1080p to 720p', 'Library scan finished: 4 new items'],
  ),
  role('laptop-anna', 'macOS 27', 'arm64', 'MacBook Air M4', ['office', 'laptop'], {
    cores: 10,
    base: 0.06,
    gain: 2,
    memoryGb: 24,
    memoryUsed: 0.66,
    swapGb: 2,
    traffic: [180 * KB, 40 * KB],
    interfaces: ['en0'],
    disks: ['disk0'],
    fileSystems: [['/', 494, 0.58]],
    sensors: [['SoC', 38, 81]],
    battery: true,
    processes: 541,
    bootDaysAgo: 6.2,
  }),
  role(
    'build-server',
    UBUNTU,
    'x64',
    'Dell R650',
    ['office', 'ci'],
    {
      cores: 16,
      base: 0.18,
      gain: 6,
      memoryGb: 128,
      memoryUsed: 0.44,
      traffic: [1.2 * MB, 600 * KB],
      diskRate: [3 * MB, 7 * MB],
      disks: ['nvme0n1', 'nvme1n1'],
      fileSystems: [
        ['/', 440, 0.29],
        ['/var/lib/builds', 3_500, 0.77],
      ],
      fan: true,
      processes: 488,
      bootDaysAgo: 38,
    },
    ['Job 1182 finished in 214 s', 'Job 1183 failed: 2 tests', 'Job 1184 started'],
  ),
  role('kitchen-pi', 'Raspberry Pi OS 13', 'arm64', 'Raspberry Pi Zero 2 W', ['home', 'pi'], {
    ...PI,
    memoryGb: 0.5,
    memoryUsed: 0.55,
    base: 0.14,
    interfaces: ['wlan0'],
  }),
  role(
    'proxmox-1',
    'Proxmox VE 9',
    'x64',
    'Supermicro X12',
    ['servers'],
    {
      cores: 16,
      base: 0.13,
      gain: 2,
      memoryGb: 256,
      memoryUsed: 0.72,
      traffic: [1.9 * MB, 2.3 * MB],
      interfaces: ['eno1', 'vmbr0'],
      diskRate: [900 * KB, 3.4 * MB],
      disks: ['nvme0n1', 'sda'],
      fan: true,
      processes: 890,
      bootDaysAgo: 203,
    },
    ['Backup of VM 104 finished', 'VM 112 started'],
  ),
  role('office-pc-2', 'Windows 11 Pro', 'x64', 'HP EliteDesk 800', ['office'], {
    cores: 8,
    base: 0.08,
    gain: 2.2,
    memoryUsed: 0.61,
    interfaces: ['Ethernet'],
    disks: ['PhysicalDrive0'],
    fileSystems: [
      ['C:', 476, 0.67],
      ['D:', 931, 0.18],
    ],
    sensors: [],
    processes: 263,
    bootDaysAgo: 1.3,
  }),
  role('backup-nas', 'Synology DSM 8', 'x64', 'DS923+', ['storage', 'offsite'], {
    base: 0.03,
    gain: 1,
    memoryGb: 8,
    memoryUsed: 0.35,
    traffic: [900 * KB, 60 * KB],
    diskRate: [60 * KB, 1.9 * MB],
    disks: ['sata1', 'sata2'],
    fileSystems: [['/volume1', 21_500, 0.56]],
    sensors: [
      ['System', 43, 55],
      ['sata1', 35, 41],
    ],
    bootDaysAgo: 151,
  }),
  role('proxmox-2', 'Proxmox VE 9', 'x64', 'Supermicro X12', ['servers'], {
    cores: 16,
    base: 0.1,
    gain: 1.7,
    memoryGb: 256,
    memoryUsed: 0.64,
    traffic: [1.4 * MB, 1.6 * MB],
    interfaces: ['eno1', 'vmbr0'],
    disks: ['nvme0n1', 'sda'],
    processes: 770,
    bootDaysAgo: 203,
  }),
  role('print-server', DEBIAN, 'arm64', 'Orange Pi 3', ['office'], { ...PI, memoryGb: 2 }, [
    'Printed 3 pages for anna',
    'Toner is at 18 %',
  ]),
  role(
    'render-node',
    UBUNTU,
    'x64',
    'Threadripper 7960X',
    ['office', 'render'],
    {
      cores: 24,
      base: 0.55,
      gain: 3,
      memoryGb: 128,
      memoryUsed: 0.63,
      sensors: [
        ['CPU die', 44, 86],
        ['GPU 0', 48, 79],
        ['GPU 1', 49, 80],
      ],
      fan: true,
      bootDaysAgo: 12,
    },
    ['Frame 211 rendered in 41 s', 'Frame 212 rendered in 39 s'],
  ),
  role('mini-pc', DEBIAN, 'x64', 'Beelink S12', ['home'], { memoryUsed: 0.28, bootDaysAgo: 47 }),
];
