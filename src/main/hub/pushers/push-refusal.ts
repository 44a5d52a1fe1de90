/** The statuses with which a push is refused. */
export type RefusalStatus = 400 | 401 | 403 | 408 | 413 | 415 | 429 | 503;

/** The reason why a push, or the part of it that one device sent, is refused. */
export interface PushRefusal {
  status: RefusalStatus;
  code: string;
  message: string;
  /** When to try again; null if that would not help. */
  retryAfterSec: number | null;
}

export function refusal(
  status: RefusalStatus,
  code: string,
  message: string,
  retryAfterSec: number | null = null,
): PushRefusal {
  return { status, code, message, retryAfterSec };
}

/** Returns the more important of two refusals of one push: above all, one after which the sender keeps its data. */
export function graver(one: PushRefusal | null, other: PushRefusal): PushRefusal {
  return one === null || rank(other) > rank(one) ? other : one;
}

function rank({ status }: PushRefusal): number {
  if (status === 401) return 3;
  return status === 503 || status === 429 ? 2 : 1;
}
