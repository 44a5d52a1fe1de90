/** The statuses with which a push is refused. */
export type RefusalStatus = 400 | 401 | 403 | 408 | 413 | 415 | 429 | 503;

/** Why a push, or the part of it that one device sent, is not taken. */
export interface PushRefusal {
  status: RefusalStatus;
  code: string;
  message: string;
  /** When to try again; null where that would change nothing. */
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

/** The one to answer with, of those that the devices of one push got: first of all what makes the sender keep it. */
export function graver(one: PushRefusal | null, other: PushRefusal): PushRefusal {
  return one === null || rank(other) > rank(one) ? other : one;
}

function rank({ status }: PushRefusal): number {
  if (status === 401) return 3;
  return status === 503 || status === 429 ? 2 : 1;
}
