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
  /** Reverses the column's usual direction. */
  reverse: boolean;
}

const words = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const TEXT: Partial<Record<SortColumn, (session: SessionInfo) => string>> = {
  name: (session) => session.name,
  state: (session) => session.state,
  address: (session) => session.address,
  why: (session) => session.reason?.text ?? '',
};

/** Numbers sort in descending order, because large ones stand out; unknown values come last. */
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

/** Sorts by one column; rows with equal values keep their order. */
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

/** Returns the sort order that a column's heading announces. */
export function orderOf(sort: SessionSort, column: SortColumn): 'ascending' | 'descending' | 'none' {
  if (sort.column !== column) return 'none';
  const falls = !TEXT[column];
  return falls === sort.reverse ? 'ascending' : 'descending';
}

/** Returns the order after a click on a column's heading. */
export function nextSort(current: SessionSort, column: SortColumn): SessionSort {
  return { column, reverse: current.column === column && !current.reverse };
}
