import type { Recording } from './recording';
import { createTrack, type CpuMode, type HostTracks, type Track } from './track';

/** Turns `node_exporter`'s series into {@link HostTracks}. */
export function decodeHost(recording: Recording): HostTracks {
  const track = (name: string, labels?: Record<string, string>): Track =>
    createTrack(recording.values(name, labels));
  const cpuMode = (cpu: string, mode: CpuMode): Track =>
    createTrack(recording.values('node_cpu_seconds_total', { cpu, mode }).map((share) => Math.min(1, share)));
  const disk = (name: string): Track => track(`node_disk_${name}_total`, { device: 'vda' });
  const net = (name: string): Track => track(`node_network_${name}_total`, { device: 'eth0' });
  const memory = (name: string): Float64Array => recording.values(`node_memory_${name}_bytes`);

  const total = memory('MemTotal');
  const available = memory('MemAvailable');
  const cached = memory('Cached');
  return {
    cpu: ['0', '1'].map((cpu) => ({
      user: cpuMode(cpu, 'user'),
      system: cpuMode(cpu, 'system'),
      iowait: cpuMode(cpu, 'iowait'),
      nice: cpuMode(cpu, 'nice'),
      steal: cpuMode(cpu, 'steal'),
    })),
    memoryUsed: createTrack(total.map((bytes, i) => (bytes - (available[i] ?? 0)) / bytes)),
    memoryCached: createTrack(total.map((bytes, i) => (cached[i] ?? 0) / bytes)),
    received: net('receive_bytes'),
    sent: net('transmit_bytes'),
    packetsReceived: net('receive_packets'),
    packetsSent: net('transmit_packets'),
    read: disk('read_bytes'),
    written: disk('written_bytes'),
    reads: disk('reads_completed'),
    writes: disk('writes_completed'),
    diskBusy: createTrack(
      recording
        .values('node_disk_io_time_seconds_total', { device: 'vda' })
        .map((share) => Math.min(1, share)),
    ),
    load: [track('node_load1'), track('node_load5'), track('node_load15')],
    contextSwitches: track('node_context_switches_total'),
    running: track('node_procs_running'),
  };
}
