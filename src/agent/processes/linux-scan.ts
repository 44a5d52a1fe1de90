import { readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { SystemRoots } from '../collectors/collector';
import { pageBytes } from './page-size';
import { MAX_COMMAND, type ProcessInfo, type ProcessScan } from './process-info';
import { parseProcessStat } from './process-stat';

/** Linux counts processor time for programs in hundredths of a second on every architecture. */
const TICKS_PER_SEC = 100;
/** The time between two readings when there was no recent one to compare with. */
const LOOK_MS = 250;
const RECENT_MS = 15_000;
/** Processes read per turn; reading all at once would hold up sampling for too long. */
const PER_TURN = 64;
const MAX_PROCESSES = 20_000;

interface Looked {
  at: number;
  /** Processor ticks by `pid start`. */
  ticks: Map<string, number>;
}

interface Found extends ProcessInfo {
  key: string;
  ticks: number;
}

/** Scans `/proc/<pid>`. Processor use is measured between the previous scan and this one. */
export function createLinuxScan(roots: SystemRoots): () => Promise<ProcessScan> {
  let before: Looked | null = null;
  const users = new Map<number, string>();
  let page: number | null = null;

  async function look(): Promise<{ looked: Looked; found: Found[] }> {
    const found: Found[] = [];
    const pids = readdirSync(roots.proc).filter((entry) => /^\d+$/.test(entry));
    const at = performance.now();
    page ??= pageBytes(roots.proc, pids);
    for (const [i, pid] of pids.slice(0, MAX_PROCESSES).entries()) {
      if (i > 0 && i % PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      const process = readProcess(roots, pid, page, users);
      if (process) found.push(process);
    }
    return { looked: { at, ticks: new Map(found.map((process) => [process.key, process.ticks])) }, found };
  }

  return async () => {
    if (!before || performance.now() - before.at > RECENT_MS || performance.now() - before.at < LOOK_MS) {
      before = (await look()).looked;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const { looked, found } = await look();
    const available = ((looked.at - before.at) / 1_000) * TICKS_PER_SEC * Math.max(1, cpus().length);
    const processes = found.map(({ key, ticks, ...process }): ProcessInfo => {
      const earlier = before?.ticks.get(key);
      const cpu =
        earlier === undefined ? null : Math.round(((ticks - earlier) / available) * 10_000) / 10_000;
      return { ...process, cpu: cpu === null ? null : Math.min(1, Math.max(0, cpu)) };
    });
    before = looked;
    return { total: found.length, processes };
  };
}

function readProcess(
  roots: SystemRoots,
  pid: string,
  page: number,
  users: Map<number, string>,
): Found | null {
  const folder = join(roots.proc, pid);
  try {
    const stat = parseProcessStat(readFileSync(join(folder, 'stat'), 'utf8'));
    if (!stat) return null;
    const { name, start, ticks, rssPages } = stat;
    const command = readFileSync(join(folder, 'cmdline'), 'utf8').replaceAll('\0', ' ').trim();
    return {
      pid: Number(pid),
      name,
      user: userName(roots, statSync(folder).uid, users),
      cpu: null,
      rssBytes: rssPages * page,
      command: (command || `[${name}]`).slice(0, MAX_COMMAND),
      key: `${pid} ${start}`,
      ticks,
    };
  } catch {
    // The process ended during the scan.
    return null;
  }
}

function userName(roots: SystemRoots, uid: number, users: Map<number, string>): string {
  if (users.size === 0) {
    try {
      for (const line of readFileSync(join(roots.etc, 'passwd'), 'utf8').split('\n')) {
        const [name, , id] = line.split(':');
        if (name && id) users.set(Number(id), name);
      }
    } catch {
      // Without the file, users are shown by number.
    }
    users.set(0, users.get(0) ?? 'root');
  }
  return users.get(uid) ?? String(uid);
}
