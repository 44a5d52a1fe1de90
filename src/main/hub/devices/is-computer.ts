/**
 * Whether these are the series of a computer: Telegraf and the scripts of its kind report `cpu.*` and `mem.*` for the
 * machine they run on. Boards have a chip and a heap.
 */
export function isComputer(series: Iterable<{ readonly metric: string }>): boolean {
  let hasCpu = false;
  let hasMemory = false;
  for (const { metric } of series) {
    hasCpu ||= metric.startsWith('cpu.');
    hasMemory ||= metric.startsWith('mem.') || metric.startsWith('memory.');
    if (hasCpu && hasMemory) return true;
  }
  return false;
}
