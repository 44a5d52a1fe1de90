import type { MetricKind } from '@shared/model';

/** A data source of a type: its name, how its values behave, and their UCUM unit, empty if there is none. */
export interface CollectdSource {
  name: string;
  kind: MetricKind;
  unit: string;
}

const of = (name: string, kind: MetricKind, unit: string): CollectdSource => ({ name, kind, unit });
const gauge = (unit: string): CollectdSource[] => [of('value', 'gauge', unit)];
const counter = (unit: string): CollectdSource[] => [of('value', 'counter', unit)];
const counters = (unit: string, ...names: string[]): CollectdSource[] =>
  names.map((name) => of(name, 'counter', unit));

/**
 * The types that collectd's usual plugins send, as its `types.db` declares them (types.db(5)) and its plugins measure
 * them. PUTVAL lines carry neither the names nor the kinds of sources, and no format carries units.
 */
const TYPES: Readonly<Record<string, readonly CollectdSource[]>> = {
  bytes: gauge('By'),
  contextswitch: counter(''),
  cpu: counter(''),
  current: gauge('A'),
  df: [of('used', 'gauge', 'By'), of('free', 'gauge', 'By')],
  df_complex: gauge('By'),
  disk_io_time: counters('ms', 'io_time', 'weighted_io_time'),
  disk_merged: counters('', 'read', 'write'),
  disk_octets: counters('By', 'read', 'write'),
  disk_ops: counters('', 'read', 'write'),
  disk_time: counters('ms', 'read', 'write'),
  fork_rate: counter(''),
  frequency: gauge('Hz'),
  humidity: gauge('%'),
  if_dropped: counters('', 'rx', 'tx'),
  if_errors: counters('', 'rx', 'tx'),
  if_octets: counters('By', 'rx', 'tx'),
  if_packets: counters('', 'rx', 'tx'),
  io_octets: counters('By', 'rx', 'tx'),
  load: [of('shortterm', 'gauge', ''), of('midterm', 'gauge', ''), of('longterm', 'gauge', '')],
  memory: gauge('By'),
  percent: gauge('%'),
  percent_bytes: gauge('%'),
  percent_inodes: gauge('%'),
  ping: gauge('ms'),
  ping_droprate: gauge('1'),
  power: gauge('W'),
  ps_code: gauge('By'),
  ps_count: [of('processes', 'gauge', ''), of('threads', 'gauge', '')],
  ps_cputime: counters('us', 'user', 'syst'),
  ps_data: gauge('By'),
  ps_disk_octets: counters('By', 'read', 'write'),
  ps_disk_ops: counters('', 'read', 'write'),
  ps_rss: gauge('By'),
  ps_stacksize: gauge('By'),
  ps_vm: gauge('By'),
  swap: gauge('By'),
  swap_io: counter(''),
  temperature: gauge('Cel'),
  total_bytes: counter('By'),
  uptime: gauge('s'),
  voltage: gauge('V'),
};

/** Returns the sources of a type, in the order of its values; empty for a type that is not in the table. */
export function sourcesOf(type: string): readonly CollectdSource[] {
  return Object.hasOwn(TYPES, type) ? (TYPES[type] ?? []) : [];
}
