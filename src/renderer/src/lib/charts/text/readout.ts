import { formatValue } from '@shared/metrics/units';
import type { MetricKind } from '@shared/model';

/** Where a value is written: its number and its unit. */
export interface ValueElements {
  number: HTMLElement;
  suffix: HTMLElement;
}

/** Writes a value without going through reactivity; touches the page only where the text differs. */
export function writeValue(
  elements: ValueElements,
  value: number | null,
  unit: string,
  kind: MetricKind,
): void {
  const { number, suffix } = formatValue(value, unit, kind);
  writeText(elements.number, number);
  writeText(elements.suffix, value === null ? '' : suffix);
}

/** Changes the text node that is there: replacing it would wake everybody who watches the page's structure. */
export function writeText(element: HTMLElement, text: string): void {
  const node = element.firstChild;
  if (node instanceof Text) {
    if (node.data !== text) node.data = text;
  } else element.textContent = text;
}
