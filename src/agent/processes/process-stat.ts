import { parseCount } from '../collectors/kernel-file';

export interface ProcessStat {
  name: string;
  /** When it started, in ticks since boot; tells processes with the same pid apart. */
  start: string;
  ticks: number;
  rssPages: number;
}

/** Parses `/proc/<pid>/stat` (proc(5)): processor ticks, memory in pages. null when it is something else. */
export function parseProcessStat(stat: string): ProcessStat | null {
  // The name is in brackets and may contain any character, including brackets.
  const close = stat.lastIndexOf(')');
  const columns = stat
    .slice(close + 1)
    .trim()
    .split(/\s+/);
  const [user, system, start] = [parseCount(columns[11]), parseCount(columns[12]), parseCount(columns[19])];
  const rssPages = parseCount(columns[21]);
  if (close < 0 || user === null || system === null || start === null || rssPages === null) return null;
  return {
    name: stat.slice(stat.indexOf('(') + 1, close),
    start: String(start),
    ticks: user + system,
    rssPages,
  };
}
