import { displayText } from '@shared/display-text';
import { fail, succeed, type Result } from '@shared/errors';

/** One running program as an agent lists it. */
export interface ProcessRow {
  pid: number;
  name: string;
  user: string;
  /** Share of the whole machine’s processor time, 0 to 1; null if the agent cannot tell. */
  cpu: number | null;
  /** Resident memory, in bytes. */
  rssBytes: number | null;
  command: string;
}

export interface ProcessAnswer {
  /** The number of all running processes; the agent sends only the heaviest. */
  total: number;
  rows: ProcessRow[];
}

export type ProcessColumn = 'name' | 'pid' | 'user' | 'cpu' | 'rssBytes';

/** The most rows read, in the agent's order. */
const MAX_ROWS = 2_000;

/** Reads the answer to `processes.list`. It comes from a device, so everything in it is checked. */
export function readProcesses(answer: unknown): Result<ProcessAnswer> {
  const list = isRecord(answer) ? answer['processes'] : answer;
  if (!Array.isArray(list)) {
    return fail('BAD_ANSWER', 'The device did not answer with a list of processes.');
  }
  const rows: ProcessRow[] = [];
  for (const entry of list.slice(0, MAX_ROWS) as unknown[]) {
    if (!isRecord(entry) || typeof entry['pid'] !== 'number') continue;
    rows.push({
      pid: entry['pid'],
      name: textOf(entry['name']) || `process ${entry['pid']}`,
      user: textOf(entry['user']),
      cpu: numberOf(entry['cpu']),
      rssBytes: numberOf(entry['rssBytes']),
      command: textOf(entry['command']),
    });
  }
  const total = isRecord(answer) ? numberOf(answer['total']) : null;
  return succeed({ total: total ?? rows.length, rows });
}

/** Sorts by a column: usage in descending order, names and pids in ascending order; equal rows are ordered by pid. */
export function sortProcesses(
  rows: readonly ProcessRow[],
  column: ProcessColumn,
  reverse: boolean,
): ProcessRow[] {
  const sign = reverse ? -1 : 1;
  return [...rows].sort((a, b) => {
    const order =
      column === 'name' || column === 'user'
        ? a[column].localeCompare(b[column])
        : column === 'pid'
          ? a.pid - b.pid
          : (b[column] ?? -1) - (a[column] ?? -1);
    return sign * order || a.pid - b.pid;
  });
}

/** Returns the sort order that a column's heading announces. */
export function orderOf(column: ProcessColumn, reverse: boolean): 'ascending' | 'descending' {
  const falls = column === 'cpu' || column === 'rssBytes';
  return falls === reverse ? 'ascending' : 'descending';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? displayText(value, 256) : '');
const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
