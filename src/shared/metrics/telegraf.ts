import type { MetricKind } from '../model';
import type { MetricDescription } from './metric-description';
import { titleOf, wordsOf } from './words';

/** A field of a measurement: an exact name, or a pattern for several similar fields. */
type Row = readonly [field: string | RegExp, unit: string, kind?: MetricKind, title?: string];

interface Measurement {
  group: string;
  /** Starts the title of each field whose row has none. */
  heading: string;
  /** The first matching row is used. */
  fields: readonly Row[];
}

const CPU = 'CPU';
const MEMORY = 'Memory';
const DISK = 'Disk';
const NETWORK = 'Network';
const FILES = 'File systems';
const SYSTEM = 'System';
const DOCKER = 'Docker';
const TELEGRAF = 'Telegraf';

const PERCENT: Row = [/(^|_)percent$/, '%'];

/**
 * The usual measurements of Telegraf's plugins, as their README files describe them (github.com/influxdata/telegraf,
 * `plugins/inputs`). Line protocol contains no units, and does not show which fields only ever grow.
 */
const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  cpu: {
    group: CPU,
    heading: 'CPU',
    fields: [
      [/^usage_/, '%'],
      [/^time_/, 's', 'counter'],
    ],
  },
  mem: {
    group: MEMORY,
    heading: 'Memory',
    fields: [
      PERCENT,
      [/^huge_pages_/, '{page}'],
      [
        /^(active|available|buffered|cached|commit_limit|committed_as|dirty|free|high_free|high_total|huge_page_size|inactive|laundry|low_free|low_total|mapped|page_tables|shared|slab|sreclaimable|sunreclaim|swap_cached|swap_free|swap_total|total|used|vmalloc_chunk|vmalloc_total|vmalloc_used|wired|write_back|write_back_tmp)$/,
        'By',
      ],
    ],
  },
  swap: {
    group: MEMORY,
    heading: 'Swap',
    fields: [PERCENT, [/^(in|out)$/, 'By', 'counter'], [/^(free|total|used)$/, 'By']],
  },
  disk: {
    group: FILES,
    heading: 'Disk',
    fields: [PERCENT, [/^inodes_/, '{inode}'], [/^(free|total|used)$/, 'By']],
  },
  diskio: {
    group: DISK,
    heading: 'Disk',
    fields: [
      [/^(read|write)_bytes$/, 'By', 'counter', 'Disk'],
      [/^(reads|writes)$/, '{operation}', 'counter', 'Disk operations'],
      [/^merged_(reads|writes)$/, '{operation}', 'counter', 'Merged operations'],
      [/^(read|write|io|weighted_io)_time$/, 'ms', 'counter'],
      ['iops_in_progress', '{operation}'],
      [/^io_(await|svctm)$/, 'ms'],
      ['io_util', '%'],
    ],
  },
  net: {
    group: NETWORK,
    heading: 'Network',
    fields: [
      [/^bytes_(recv|sent)$/, 'By', 'counter', 'Network'],
      [/^packets_(recv|sent)$/, '{packet}', 'counter', 'Packets'],
      [/^drop_(in|out)$/, '{packet}', 'counter', 'Dropped packets'],
      [/^err_(in|out)$/, '{error}', 'counter', 'Network errors'],
      [/^tcp_(currestab|maxconn|rto)/, ''],
      [/^ip_(defaultttl|forwarding)$/, ''],
      [/^(icmp|icmpmsg|ip|tcp|udp|udplite)_/, '', 'counter'],
      ['speed', 'Mbit/s'],
    ],
  },
  netstat: {
    group: NETWORK,
    heading: '',
    fields: [[/^(tcp_|udp_)/, '{connection}']],
  },
  system: {
    group: SYSTEM,
    heading: '',
    fields: [
      [/^load(1|5|15)$/, '{thread}', 'gauge', 'Load'],
      [/^n_(unique_)?users$/, '{user}', 'gauge', 'Users'],
      [/^n_(physical_)?cpus$/, '{cpu}', 'gauge', 'Processors'],
      ['uptime', 's', 'gauge', 'Uptime'],
    ],
  },
  processes: {
    group: 'Processes',
    heading: 'Processes',
    fields: [
      ['total_threads', '{thread}', 'gauge', 'Threads'],
      [
        /^(blocked|dead|idle|paging|parked|running|sleeping|stopped|total|unknown|wait|zombies)$/,
        '{process}',
      ],
    ],
  },
  kernel: {
    group: SYSTEM,
    heading: '',
    fields: [
      ['context_switches', '{switch}', 'counter'],
      ['interrupts', '{interrupt}', 'counter'],
      ['processes_forked', '{process}', 'counter'],
      [/^disk_pages_(in|out)$/, '{page}', 'counter'],
      ['entropy_avail', 'bit'],
      ['boot_time', ''],
    ],
  },
  temp: { group: 'Temperature', heading: '', fields: [['temp', 'Cel', 'gauge', 'Temperature']] },
  sensors: {
    group: 'Temperature',
    heading: '',
    fields: [
      [/^temp_(input|max|min|crit|emergency|highest|lowest)$/, 'Cel'],
      [/^fan_(input|max|min)$/, 'rpm'],
      [/^in_(input|max|min)$/, 'V'],
      [/^power_(input|average|cap|max)$/, 'W'],
      [/^curr_(input|max|min|crit)$/, 'A'],
    ],
  },
  procstat: {
    group: 'Processes',
    heading: '',
    fields: [
      ['cpu_usage', '%'],
      [/^cpu_time_/, 's', 'counter'],
      ['memory_usage', '%'],
      [/^memory_(data|locked|rss|stack|swap|vms|anonymous|private|shared)/, 'By'],
      [/^(read|write)_bytes$/, 'By', 'counter'],
      [/^(read|write)_count$/, '{operation}', 'counter'],
      [/_faults$/, '{fault}', 'counter'],
      [/_context_switches$/, '{switch}', 'counter'],
      ['num_threads', '{thread}'],
    ],
  },
  docker: {
    group: DOCKER,
    heading: 'Docker',
    fields: [
      ['memory_total', 'By'],
      [/^n_containers/, '{container}'],
      ['n_images', '{image}'],
    ],
  },
  docker_container_cpu: {
    group: DOCKER,
    heading: 'Container CPU',
    fields: [
      ['usage_percent', '%', 'gauge', 'Container CPU'],
      [/^usage_(total|system|in_kernelmode|in_usermode)$/, 'ns', 'counter'],
      ['throttling_throttled_time', 'ns', 'counter'],
      [/^throttling_(throttled_)?periods$/, '{period}', 'counter'],
    ],
  },
  docker_container_mem: {
    group: DOCKER,
    heading: 'Container memory',
    fields: [
      ['usage_percent', '%'],
      [/^(total_)?pg(maj)?fault$/, '{fault}', 'counter'],
      [/^(total_)?pgpg(in|out)$/, '{page}', 'counter'],
      ['fail_count', '', 'counter'],
      [
        /^(active_anon|active_file|cache|hierarchical_memory_limit|inactive_anon|inactive_file|limit|mapped_file|max_usage|rss|rss_huge|total_.+|unevictable|usage|writeback)$/,
        'By',
      ],
    ],
  },
  docker_container_net: {
    group: DOCKER,
    heading: 'Container network',
    fields: [
      [/^[rt]x_bytes$/, 'By', 'counter', 'Container network'],
      [/^[rt]x_(packets|dropped)$/, '{packet}', 'counter'],
      [/^[rt]x_errors$/, '{error}', 'counter'],
    ],
  },
  docker_container_blkio: {
    group: DOCKER,
    heading: 'Container disk',
    fields: [
      [/^io_service_bytes_recursive_/, 'By', 'counter'],
      [/^io_serviced_recursive_/, '{operation}', 'counter'],
    ],
  },
  docker_container_status: {
    group: DOCKER,
    heading: 'Container',
    fields: [
      ['uptime_ns', 'ns'],
      ['restart_count', '{restart}', 'counter'],
    ],
  },
  internal_agent: {
    group: TELEGRAF,
    heading: 'Telegraf',
    fields: [
      [/^metrics_/, '{metric}', 'counter'],
      [/^gather_(errors|timeouts)$/, '{error}', 'counter'],
    ],
  },
  internal_gather: {
    group: TELEGRAF,
    heading: 'Telegraf',
    fields: [
      ['gather_time_ns', 'ns'],
      ['metrics_gathered', '{metric}', 'counter'],
      [/^(errors|gather_timeouts)$/, '{error}', 'counter'],
    ],
  },
  internal_write: {
    group: TELEGRAF,
    heading: 'Telegraf',
    fields: [
      [/^metrics_/, '{metric}', 'counter'],
      [/^buffer_(limit|size)$/, '{metric}'],
      ['write_time_ns', 'ns'],
      ['errors', '{error}', 'counter'],
    ],
  },
  internal_memstats: {
    group: TELEGRAF,
    heading: 'Telegraf',
    fields: [
      ['total_alloc_bytes', 'By', 'counter'],
      [/_bytes$/, 'By'],
      [/^(frees|mallocs|pointer_lookups|num_gc)$/, '', 'counter'],
    ],
  },
};

/** Describes a field of one of Telegraf's usual measurements (`mem.used`, `net.bytes_recv`); null for other names. */
export function describeTelegraf(name: string): MetricDescription | null {
  const dot = name.indexOf('.');
  const measurementName = name.slice(0, Math.max(0, dot));
  if (!Object.hasOwn(MEASUREMENTS, measurementName)) return null;
  const measurement = MEASUREMENTS[measurementName];
  const field = name.slice(dot + 1);
  const row = measurement?.fields.find(([known]) =>
    typeof known === 'string' ? known === field : known.test(field),
  );
  if (!measurement || !row) return null;
  const [, unit, kind = 'gauge', title] = row;
  const words = wordsOf(`${measurement.heading} ${field}`);
  return {
    name,
    title: title ?? titleOf(words),
    unit,
    isGuess: false,
    kind,
    group: measurement.group,
    description: '',
  };
}
