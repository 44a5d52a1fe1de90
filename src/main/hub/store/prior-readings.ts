import { columnId, FIELD, seriesOf } from './fields';
import { readSource, type OnDamage, type Source } from './sources';
import { lowerBound } from '../samples/lower-bound';
import type { Readings } from './rollup';

/** How many stored blocks are searched for a reading; series that stopped are not searched for throughout history. */
const MAX_BLOCKS = 24;

/**
 * The last reading of each series before `before`, found in sources that start before it. A counter's rate needs two
 * readings, and the first may be before the requested range.
 */
export function priorReadings(
  sources: readonly Source[],
  series: readonly number[],
  before: number,
  onDamage: OnDamage,
): Readings {
  const found: Readings = new Map();
  const foundOrder = new Map<number, number>();
  const latestFirst = [...sources].sort((a, b) => b.to - a.to || b.order - a.order).slice(0, MAX_BLOCKS);
  for (const source of latestFirst) {
    // A block that ends before the reading already found cannot have a later one.
    const open = series.filter((id) => (found.get(id)?.t ?? Number.NEGATIVE_INFINITY) <= source.to);
    if (open.length === 0) break;
    const columns = open.map((id) => columnId(id, FIELD.value)).sort((a, b) => a - b);
    const block = readSource(source, columns, onDamage);
    if (!block) continue;
    const end = lowerBound(block.t, before);
    for (const { id, v } of block.columns) {
      for (let i = end - 1; i >= 0; i--) {
        const value = v[i] as number;
        if (value !== value) continue;
        const one = seriesOf(id);
        const t = block.t[i] as number;
        const known = found.get(one);
        if (!known || t > known.t || (t === known.t && source.order > (foundOrder.get(one) ?? 0))) {
          found.set(one, { t, v: value });
          foundOrder.set(one, source.order);
        }
        break;
      }
    }
  }
  return found;
}
