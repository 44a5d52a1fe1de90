/** The shortest text that reads back as the very same float64, in JSON too: `String` loses the sign of -0. */
export function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
