import type { SessionInfo } from '@shared/model';

export type SortColumn =
  | 'name'
  | 'state'
  | 'since'
  | 'address'
  | 'rtt'
  | 'frames'
  | 'bytes'
  | 'missed'
  | 'clock'
  | 'why'
  | 'lasted'
  | 'received';

export interface SessionSort {
  column: SortColumn;
  /** Against the direction that a column usually has. */
  reverse: boolean;
}

const words = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const TEXT: Partial<Record<SortColumn, (session: SessionInfo) => string>> = {
  name: (session) => session.name,
  state: (session) => session.state,
  address: (session) => session.address,
  why: (session) => session.reason?.text ?? '',
};

/** What stands out is the largest, so numbers fall; what is not known comes last. */
const NUMBER: Partial<Record<SortColumn, (session: SessionInfo) => number | null>> = {
  since: (session) => session.closedAt ?? session.openedAt,
  rtt: (session) => session.rttMs,
  frames: (session) => session.framesInPerSec,
  bytes: (session) => session.bytesInPerSec,
  missed: (session) => session.missedPongs,
  clock: (session) => (session.clockOffsetMs === null ? null : Math.abs(session.clockOffsetMs)),
  lasted: (session) => (session.closedAt ?? session.openedAt) - session.openedAt,
  received: (session) => session.bytesIn,
};

/** Sorted by one column; the same values keep the order they had. */
export function sortSessions(
  sessions: readonly SessionInfo[],
  { column, reverse }: SessionSort,
): readonly SessionInfo[] {
  const sign = reverse ? -1 : 1;
  const text = TEXT[column];
  const number = NUMBER[column];
  return [...sessions].sort((a, b) => {
    if (text) return sign * words.compare(text(a), text(b));
    if (!number) return 0;
    const [left, right] = [number(a), number(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (right - left);
  });
}

/** What the head of a column says of the order. */
export function orderOf(sort: SessionSort, column: SortColumn): 'ascending' | 'descending' | 'none' {
  if (sort.column !== column) return 'none';
  const falls = !TEXT[column];
  return falls === sort.reverse ? 'ascending' : 'descending';
}

/** The order after a click on a column's heading. */
export function nextSort(current: SessionSort, column: SortColumn): SessionSort {
  return { column, reverse: current.column === column && !current.reverse };
}
