import { describe, expect, it } from 'vitest';
import { describeMetric } from './catalogue';
import { chartsFor } from './groups';

describe("Telegraf's usual measurements", () => {
  it.each([
    ['cpu.usage_idle', '%', 'gauge'],
    ['cpu.usage_iowait', '%', 'gauge'],
    ['cpu.time_user', 's', 'counter'],
    ['mem.used', 'By', 'gauge'],
    ['mem.used_percent', '%', 'gauge'],
    ['mem.available_percent', '%', 'gauge'],
    ['mem.write_back_tmp', 'By', 'gauge'],
    ['mem.huge_pages_total', '{page}', 'gauge'],
    ['mem.vmalloc_total', 'By', 'gauge'],
    ['swap.total', 'By', 'gauge'],
    ['swap.in', 'By', 'counter'],
    ['swap.used_percent', '%', 'gauge'],
    ['disk.free', 'By', 'gauge'],
    ['disk.used_percent', '%', 'gauge'],
    ['disk.inodes_used', '{inode}', 'gauge'],
    ['disk.inodes_used_percent', '%', 'gauge'],
    ['diskio.read_bytes', 'By', 'counter'],
    ['diskio.writes', '{operation}', 'counter'],
    ['diskio.io_time', 'ms', 'counter'],
    ['diskio.iops_in_progress', '{operation}', 'gauge'],
    ['net.bytes_recv', 'By', 'counter'],
    ['net.packets_sent', '{packet}', 'counter'],
    ['net.err_in', '{error}', 'counter'],
    ['net.tcp_insegs', '', 'counter'],
    ['net.tcp_currestab', '', 'gauge'],
    ['netstat.tcp_established', '{connection}', 'gauge'],
    ['system.load1', '{thread}', 'gauge'],
    ['system.load15', '{thread}', 'gauge'],
    ['system.uptime', 's', 'gauge'],
    ['system.n_cpus', '{cpu}', 'gauge'],
    ['processes.running', '{process}', 'gauge'],
    ['processes.total', '{process}', 'gauge'],
    ['kernel.context_switches', '{switch}', 'counter'],
    ['temp.temp', 'Cel', 'gauge'],
    ['docker_container_cpu.usage_percent', '%', 'gauge'],
    ['docker_container_cpu.usage_total', 'ns', 'counter'],
    ['docker_container_mem.usage', 'By', 'gauge'],
    ['docker_container_net.rx_bytes', 'By', 'counter'],
    ['docker_container_blkio.io_service_bytes_recursive_read', 'By', 'counter'],
    ['internal_write.metrics_written', '{metric}', 'counter'],
    ['internal_gather.gather_time_ns', 'ns', 'gauge'],
    ['internal_memstats.heap_alloc_bytes', 'By', 'gauge'],
  ])('%s is in "%s", a %s', (name, unit, kind) => {
    expect(describeMetric(name)).toMatchObject({ name, unit, kind });
  });

  it('leave other fields of the same names to the words', () => {
    expect(describeMetric('net.rssi')).toMatchObject({ title: 'Signal', unit: 'dBm' });
    expect(describeMetric('mem.foo')).toBeNull();
    expect(describeMetric('constructor.name')).toBeNull();
  });

  it('show both directions of an interface in one chart', () => {
    const of = (id: number, metric: string) =>
      ({ id, device: 'd', metric, labels: { interface: 'eth0' }, unit: 'By', unitSource: 'known' as const, kind: 'counter' as const, title: null, min: null, max: null }); // prettier-ignore
    const charts = chartsFor([of(1, 'net.bytes_recv'), of(2, 'net.bytes_sent')]);
    expect(charts.map(({ title }) => title)).toEqual(['Network']);
  });
});
