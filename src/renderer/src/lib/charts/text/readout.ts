import { formatValue } from '@shared/metrics/units';
import type { MetricKind } from '@shared/model';

/** The elements that show a value: one for the number and one for the unit. */
export interface ValueElements {
  number: HTMLElement;
  suffix: HTMLElement;
}

/** Writes a value without reactivity; changes the DOM only if the text differs. */
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

/** Changes the existing text node: replacing it would trigger everything that observes the page's structure. */
export function writeText(element: HTMLElement, text: string): void {
  const node = element.firstChild;
  if (node instanceof Text) {
    if (node.data !== text) node.data = text;
  } else element.textContent = text;
}
