/** Something with an identity that may still be decided about. */
export interface Waiting {
  readonly id: string;
}

/**
 * A list under somebody's pointer: it must not move just as they press a button, because what they mean to approve
 * would be another one then. While `held`, newcomers stay outside and are only counted; what has left makes room.
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
