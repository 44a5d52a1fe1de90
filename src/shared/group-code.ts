/**
 * Splits a verification code into groups that are easy to compare and read out: `482913` → `482 913`, `7392` → `7392`.
 * All places that show codes use this, so that both sides look alike.
 */
export function groupCode(code: string): string {
  if (code.length < 5) return code;
  const half = Math.ceil(code.length / 2);
  return `${code.slice(0, half)} ${code.slice(half)}`;
}
