import type { SeriesInfo } from '../model';
import { compareNatural, interfaceOf, interfaceRank, labelOf } from './series-labels';

/** A rule to make one kind of chart from series of catalogue metrics. */
export interface ChartRule {
  id: string;
  group: string;
  title: string;
  subtitle?: string;
  style: 'line' | 'stack';
  metrics: readonly string[];
  /** Selects which series of those metrics belong here; all of them when absent. */
  accepts?: (series: SeriesInfo) => boolean;
  /** Splits series into one chart per distinct answer, which becomes the subtitle. */
  per?: (series: SeriesInfo) => string;
  comparePer?: (a: string, b: string) => number;
  /** Whether the chart comes after all others of its group. */
  isLate?: (per: string) => boolean;
  legend: (series: SeriesInfo) => string;
  /** The order of lines, and of layers from the bottom up; smaller comes first. */
  rank?: (series: SeriesInfo) => number;
  min?: number;
  max?: number;
  /** `declared` shows the largest `max` that the series declare in the subtitle. */
  limit?: 'declared';
  wide?: boolean;
}

const CPU_MODES = ['user', 'nice', 'system', 'iowait', 'interrupt', 'steal', 'kernel', 'guest'];
const STATES = ['used', 'cached', 'buffers', 'shared', 'reserved'];

const mode = (s: SeriesInfo) => labelOf(s.labels, 'cpu.mode');
const core = (s: SeriesInfo) => labelOf(s.labels, 'cpu.logical_number');
const memoryState = (s: SeriesInfo) => labelOf(s.labels, 'system.memory.state') ?? '';
const pagingState = (s: SeriesInfo) => labelOf(s.labels, 'system.paging.state') ?? '';
const fileSystemState = (s: SeriesInfo) => labelOf(s.labels, 'system.filesystem.state') ?? '';
const mountpoint = (s: SeriesInfo) =>
  labelOf(s.labels, 'system.filesystem.mountpoint', 'system.device') ?? '';
const disk = (s: SeriesInfo) => labelOf(s.labels, 'system.device') ?? '';
const netDirection = (s: SeriesInfo) => labelOf(s.labels, 'network.io.direction') ?? '';
const diskDirection = (s: SeriesInfo) => labelOf(s.labels, 'disk.io.direction') ?? '';
const sensor = (s: SeriesInfo) => labelOf(s.labels, 'hw.name', 'hw.sensor_location', 'hw.id') ?? '';
const interfaceName = (s: SeriesInfo) => interfaceOf(s.labels);
const joined = (...parts: string[]) => parts.filter((part) => part !== '').join(' · ');

const position = (list: readonly string[], value: string) => {
  const at = list.indexOf(value);
  return at < 0 ? list.length : at;
};
const inwardFirst = (s: SeriesInfo) =>
  ['transmit', 'write', 'out'].includes(netDirection(s) || diskDirection(s)) ? 1 : 0;
const byInterface = (a: string, b: string) => interfaceRank(a) - interfaceRank(b) || compareNatural(a, b);
const isFree = (state: string) => state === 'free' || state === 'available';

/** In page order. A series goes to the first rule that accepts it. */
export const CHART_RULES: readonly ChartRule[] = [
  {
    id: 'cpu',
    group: 'CPU',
    title: 'CPU',
    subtitle: 'utilization',
    style: 'stack',
    metrics: ['system.cpu.utilization'],
    accepts: (s) => mode(s) !== undefined && core(s) === undefined && mode(s) !== 'idle',
    legend: (s) => mode(s) ?? '',
    rank: (s) => position(CPU_MODES, mode(s) ?? ''),
    min: 0,
    max: 1,
    wide: true,
  },
  {
    id: 'cores',
    group: 'CPU',
    title: 'Cores',
    style: 'line',
    metrics: ['system.cpu.utilization'],
    accepts: (s) => mode(s) === undefined,
    legend: (s) => (core(s) === undefined ? 'all' : `core ${core(s)}`),
    rank: (s) => (core(s) === undefined ? -1 : Number(core(s)) || 0),
    min: 0,
    max: 1,
  },
  {
    id: 'memory',
    group: 'Memory',
    title: 'Memory',
    style: 'stack',
    metrics: ['system.memory.usage'],
    accepts: (s) => !isFree(memoryState(s)),
    legend: (s) => memoryState(s) || 'used',
    rank: (s) => position(STATES, memoryState(s)),
    min: 0,
    limit: 'declared',
  },
  {
    id: 'memory-linux',
    group: 'Memory',
    title: 'Memory',
    subtitle: 'available and shared',
    style: 'line',
    metrics: ['system.memory.linux.available', 'system.memory.linux.shared'],
    legend: (s) => s.metric.slice(s.metric.lastIndexOf('.') + 1),
    min: 0,
  },
  {
    id: 'swap',
    group: 'Memory',
    title: 'Swap',
    style: 'stack',
    metrics: ['system.paging.usage'],
    accepts: (s) => !isFree(pagingState(s)),
    legend: (s) => joined(labelOf(s.labels, 'system.device') ?? '', pagingState(s) || 'used'),
    min: 0,
    limit: 'declared',
  },
  {
    id: 'network',
    group: 'Network',
    title: 'Network',
    style: 'line',
    metrics: ['system.network.io'],
    per: interfaceName,
    comparePer: byInterface,
    isLate: (name) => interfaceRank(name) > 7,
    legend: netDirection,
    rank: inwardFirst,
    min: 0,
  },
  {
    id: 'packets',
    group: 'Network',
    title: 'Packets',
    style: 'line',
    metrics: ['system.network.packet.count'],
    per: interfaceName,
    comparePer: byInterface,
    isLate: (name) => interfaceRank(name) > 7,
    legend: netDirection,
    rank: inwardFirst,
    min: 0,
  },
  {
    id: 'network-dropped',
    group: 'Network',
    title: 'Dropped packets',
    style: 'line',
    metrics: ['system.network.packet.dropped'],
    legend: (s) => joined(interfaceName(s), netDirection(s)),
    rank: (s) => interfaceRank(interfaceName(s)) * 2 + inwardFirst(s),
    min: 0,
  },
  {
    id: 'network-errors',
    group: 'Network',
    title: 'Network errors',
    style: 'line',
    metrics: ['system.network.errors'],
    legend: (s) => joined(interfaceName(s), netDirection(s)),
    rank: (s) => interfaceRank(interfaceName(s)) * 2 + inwardFirst(s),
    min: 0,
  },
  {
    id: 'disk',
    group: 'Disk',
    title: 'Disk',
    style: 'line',
    metrics: ['system.disk.io'],
    per: disk,
    legend: diskDirection,
    rank: inwardFirst,
    min: 0,
  },
  {
    id: 'disk-busy',
    group: 'Disk',
    title: 'Disk busy',
    subtitle: 'share of time',
    style: 'line',
    metrics: ['system.disk.io_time'],
    legend: disk,
    min: 0,
    max: 1,
  },
  {
    id: 'disk-operations',
    group: 'Disk',
    title: 'Disk operations',
    style: 'line',
    metrics: ['system.disk.operations'],
    per: disk,
    legend: diskDirection,
    rank: inwardFirst,
    min: 0,
  },
  {
    id: 'file-systems',
    group: 'File systems',
    title: 'File systems',
    subtitle: 'share used',
    style: 'line',
    metrics: ['system.filesystem.utilization'],
    legend: mountpoint,
    min: 0,
    max: 1,
  },
  {
    id: 'file-system-space',
    group: 'File systems',
    title: 'Space used',
    style: 'line',
    metrics: ['system.filesystem.usage'],
    accepts: (s) => !isFree(fileSystemState(s)),
    legend: (s) => joined(mountpoint(s), fileSystemState(s) === 'used' ? '' : fileSystemState(s)),
    min: 0,
  },
  {
    id: 'temperature',
    group: 'Temperature',
    title: 'Temperature',
    style: 'line',
    metrics: ['hw.temperature'],
    legend: sensor,
  },
  {
    id: 'fans',
    group: 'Temperature',
    title: 'Fans',
    style: 'line',
    metrics: ['hw.fan.speed'],
    legend: sensor,
    min: 0,
  },
  {
    id: 'load',
    group: 'Load',
    title: 'Load',
    subtitle: 'threads running or waiting',
    style: 'line',
    metrics: ['system.cpu.load_average.1m', 'system.cpu.load_average.5m', 'system.cpu.load_average.15m'],
    legend: (s) => `${s.metric.slice(s.metric.lastIndexOf('.') + 1, -1)} min`,
    rank: (s) => Number.parseInt(s.metric.slice(s.metric.lastIndexOf('.') + 1), 10) || 0,
    min: 0,
  },
  {
    id: 'processes',
    group: 'Processes',
    title: 'Processes',
    style: 'line',
    metrics: ['system.process.count'],
    legend: (s) => labelOf(s.labels, 'process.state', 'system.process.status') ?? 'all',
    rank: (s) => (Object.keys(s.labels).length === 0 ? -1 : 0),
    min: 0,
  },
  {
    id: 'battery',
    group: 'Power',
    title: 'Battery',
    style: 'line',
    metrics: ['hw.battery.charge'],
    legend: sensor,
    min: 0,
    max: 1,
  },
];

/** Series that only complete or repeat what charts already show, and are left out when `when` is shown. */
export const REDUNDANT: readonly {
  metric: string;
  when: string;
  is?: (series: SeriesInfo) => boolean;
}[] = [
  { metric: 'system.cpu.utilization', when: 'system.cpu.utilization', is: (s) => mode(s) === 'idle' },
  { metric: 'system.memory.usage', when: 'system.memory.usage', is: (s) => isFree(memoryState(s)) },
  { metric: 'system.memory.utilization', when: 'system.memory.usage' },
  { metric: 'system.memory.limit', when: 'system.memory.usage' },
  { metric: 'system.paging.usage', when: 'system.paging.usage', is: (s) => isFree(pagingState(s)) },
  { metric: 'system.paging.utilization', when: 'system.paging.usage' },
  {
    metric: 'system.filesystem.usage',
    when: 'system.filesystem.usage',
    is: (s) => isFree(fileSystemState(s)),
  },
  { metric: 'system.filesystem.limit', when: 'system.filesystem.utilization' },
];
