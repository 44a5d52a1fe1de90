/** An item with an identity that may still await a decision. */
export interface Waiting {
  readonly id: string;
}

/**
 * Keeps a list from moving under the user's pointer, because a click could otherwise approve the wrong device. While
 * `held`, new items are only counted, not shown; items that left are removed.
 */
export function heldList<T extends Waiting>(
  all: readonly T[],
  held: readonly string[] | null,
): { list: readonly T[]; newcomers: number } {
  if (held === null) return { list: all, newcomers: 0 };
  const byId = new Map(all.map((item) => [item.id, item]));
  const list = held.flatMap((id) => byId.get(id) ?? []);
  return { list, newcomers: all.length - list.length };
}
