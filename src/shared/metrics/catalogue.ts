import { BoundedMap } from '../bounded-map';
import type { MetricKind } from '../model';
import { describeAppliance } from './appliances';
import { describeByWords } from './catalogue-words';
import type { MetricDescription } from './metric-description';
import { describeTelegraf } from './telegraf';

/**
 * The release of OpenTelemetry's semantic conventions that every `system.*` and `hw.*` name, unit and attribute here
 * follows. Moving to another release means checking the whole table and `docs/agents.md`.
 */
export const SEMCONV_VERSION = '1.40.0';

type Row = readonly [
  name: string,
  title: string,
  unit: string,
  kind: MetricKind,
  group: string,
  description: string,
];

const ROWS: readonly Row[] = [
  [
    'system.cpu.utilization',
    'CPU',
    '1',
    'gauge',
    'CPU',
    'Share of processor time. Without labels: the whole machine, everything but idle and waiting for I/O.',
  ],
  ['system.cpu.time', 'CPU time', 's', 'counter', 'CPU', 'Processor time spent in each mode.'],
  [
    'system.cpu.frequency',
    'CPU frequency',
    'Hz',
    'gauge',
    'CPU',
    'Current frequency of a logical processor.',
  ],
  [
    'system.cpu.logical.count',
    'Logical processors',
    '{cpu}',
    'gauge',
    'CPU',
    'Logical processors the system sees.',
  ],
  ['system.cpu.physical.count', 'Cores', '{cpu}', 'gauge', 'CPU', 'Processor cores in the hardware.'],
  [
    'system.cpu.load_average.1m',
    'Load, 1 min',
    '{thread}',
    'gauge',
    'Load',
    'Threads running or waiting, averaged over a minute.',
  ],
  [
    'system.cpu.load_average.5m',
    'Load, 5 min',
    '{thread}',
    'gauge',
    'Load',
    'Threads running or waiting, averaged over 5 minutes.',
  ],
  [
    'system.cpu.load_average.15m',
    'Load, 15 min',
    '{thread}',
    'gauge',
    'Load',
    'Threads running or waiting, averaged over 15 minutes.',
  ],
  ['system.memory.usage', 'Memory', 'By', 'gauge', 'Memory', 'Memory in each state.'],
  ['system.memory.utilization', 'Memory', '1', 'gauge', 'Memory', 'Share of the memory in each state.'],
  ['system.memory.limit', 'Memory size', 'By', 'gauge', 'Memory', 'Total memory of the machine.'],
  [
    'system.memory.linux.available',
    'Memory available',
    'By',
    'gauge',
    'Memory',
    'Memory that programs could still take without swapping.',
  ],
  ['system.memory.linux.shared', 'Shared memory', 'By', 'gauge', 'Memory', 'Shared memory, mostly tmpfs.'],
  ['system.paging.usage', 'Swap', 'By', 'gauge', 'Memory', 'Swap space in each state.'],
  ['system.paging.utilization', 'Swap', '1', 'gauge', 'Memory', 'Share of the swap space in each state.'],
  [
    'system.paging.faults',
    'Page faults',
    '{fault}',
    'counter',
    'Memory',
    'Page faults; major ones had to read from disk.',
  ],
  [
    'system.paging.operations',
    'Swapping',
    '{operation}',
    'counter',
    'Memory',
    'Pages moved to and from swap space.',
  ],
  ['system.network.io', 'Network', 'By', 'counter', 'Network', 'Bytes received and transmitted.'],
  [
    'system.network.packet.count',
    'Packets',
    '{packet}',
    'counter',
    'Network',
    'Packets received and transmitted.',
  ],
  [
    'system.network.packet.dropped',
    'Dropped packets',
    '{packet}',
    'counter',
    'Network',
    'Packets discarded although they were intact.',
  ],
  ['system.network.errors', 'Network errors', '{error}', 'counter', 'Network', 'Packets with errors.'],
  [
    'system.network.connection.count',
    'Connections',
    '{connection}',
    'gauge',
    'Network',
    'Open network connections.',
  ],
  ['system.disk.io', 'Disk', 'By', 'counter', 'Disk', 'Bytes read and written.'],
  [
    'system.disk.operations',
    'Disk operations',
    '{operation}',
    'counter',
    'Disk',
    'Reads and writes completed.',
  ],
  [
    'system.disk.io_time',
    'Disk busy',
    's',
    'counter',
    'Disk',
    'Time the disk was busy; as a rate, the share of time.',
  ],
  [
    'system.disk.operation_time',
    'Disk waiting',
    's',
    'counter',
    'Disk',
    'Time spent on all operations; parallel ones add up.',
  ],
  [
    'system.disk.merged',
    'Merged operations',
    '{operation}',
    'counter',
    'Disk',
    'Operations joined into one.',
  ],
  ['system.disk.limit', 'Disk size', 'By', 'gauge', 'Disk', 'Capacity of the disk.'],
  ['system.filesystem.usage', 'Space', 'By', 'gauge', 'File systems', 'Space in each state.'],
  [
    'system.filesystem.utilization',
    'Space used',
    '1',
    'gauge',
    'File systems',
    'Share of the space that is used.',
  ],
  ['system.filesystem.limit', 'File system size', 'By', 'gauge', 'File systems', 'Total space.'],
  [
    'hw.temperature',
    'Temperature',
    'Cel',
    'gauge',
    'Temperature',
    'Temperature reading of a hardware sensor.',
  ],
  ['hw.fan.speed', 'Fans', 'rpm', 'gauge', 'Temperature', 'Rotation speed of a fan.'],
  ['hw.battery.charge', 'Battery', '1', 'gauge', 'Power', 'Charge left in the battery.'],
  ['hw.battery.time_left', 'Battery time', 's', 'gauge', 'Power', 'Time until the battery is empty or full.'],
  ['hw.voltage', 'Voltage', 'V', 'gauge', 'Power', 'Voltage reading of a hardware sensor.'],
  ['hw.power', 'Power', 'W', 'gauge', 'Power', 'Power drawn.'],
  ['hw.energy', 'Energy', 'J', 'counter', 'Power', 'Energy used.'],
  [
    'system.process.count',
    'Processes',
    '{process}',
    'gauge',
    'Processes',
    'Number of processes, in total or in one state.',
  ],
  [
    'system.process.created',
    'Processes started',
    '{process}',
    'counter',
    'Processes',
    'Processes and threads started.',
  ],
  ['system.uptime', 'Uptime', 's', 'gauge', 'System', 'Time since the system was started.'],
  [
    'wirewatch.agent.queue',
    'Agent queue',
    '{row}',
    'gauge',
    'Wirewatch agent',
    'Rows the agent keeps because the hub has not confirmed them yet.',
  ],
  [
    'wirewatch.agent.collect_time',
    'Agent collection time',
    's',
    'gauge',
    'Wirewatch agent',
    'Time the agent took to read all metrics once.',
  ],
  [
    'wirewatch.agent.memory',
    'Agent memory',
    'By',
    'gauge',
    'Wirewatch agent',
    'Memory that the agent itself uses.',
  ],
];

/** Every metric known by its full name. */
export const METRICS: readonly MetricDescription[] = ROWS.map(
  ([name, title, unit, kind, group, description]) => ({
    name,
    title,
    unit,
    isGuess: false,
    kind,
    group,
    description,
  }),
);

const byName = new Map(METRICS.map((metric) => [metric.name, metric]));

/** Names come from devices, so the cache of lookups is bounded. */
const MAX_REMEMBERED = 4_096;
const remembered = new BoundedMap<string, MetricDescription | null>(MAX_REMEMBERED);

/**
 * Describes a metric by its full name, as one of Telegraf's fields, as a name of a common appliance or, for names that boards and scripts choose, by its
 * words (`greenhouse.temp`, `bme280_humidity`, `vbat_mv`, `voltage.l1`). null when nothing matches.
 */
export function describeMetric(name: string): MetricDescription | null {
  const known = byName.get(name);
  if (known) return known;
  const before = remembered.get(name);
  if (before !== undefined) return before;
  const found = describeTelegraf(name) ?? describeAppliance(name) ?? describeByWords(name);
  remembered.set(name, found);
  return found;
}
