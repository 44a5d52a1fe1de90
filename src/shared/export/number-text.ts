/**
 * Returns the shortest text that reads back as exactly the same float64, in JSON too. `String` would lose the sign of
 * -0.
 */
export function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
