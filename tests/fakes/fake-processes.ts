/** Returns the answer of a fake computer to `processes.list`. */
export function fakeProcesses(): Record<string, unknown>[] {
  const names = [
    'node',
    'postgres',
    'nginx',
    'sshd',
    'systemd',
    'dockerd',
    'smbd',
    'jellyfin',
    'rsync',
    'cron',
  ];
  return Array.from({ length: 40 }, (_, i) => ({
    pid: 300 + i * 17,
    name: names[i % names.length],
    user: i % 3 ? 'root' : 'service',
    cpu: Math.max(0, 0.3 - i * 0.012 + Math.sin(Date.now() / 3_000 + i) * 0.02),
    rssBytes: 1024 ** 2 * (420 - i * 9),
    command: `/usr/bin/${names[i % names.length]}`,
  }));
}
