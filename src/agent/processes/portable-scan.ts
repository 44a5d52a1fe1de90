import { loadSystemInformation } from '../collectors/portable/system-information';
import { MAX_COMMAND, type ProcessScan } from './process-info';

/** Processes of Windows and macOS, through systeminformation. Takes a second or so. */
export async function scanPortable(): Promise<ProcessScan> {
  const si = await loadSystemInformation();
  const { all, list } = await si.processes();
  return {
    total: all,
    processes: list.map((process) => ({
      pid: process.pid,
      name: process.name,
      user: process.user,
      cpu: Number.isFinite(process.cpu) ? Math.min(1, Math.max(0, process.cpu / 100)) : null,
      rssBytes: process.memRss * 1024,
      command: `${process.command} ${process.params}`.trim().slice(0, MAX_COMMAND),
    })),
  };
}
