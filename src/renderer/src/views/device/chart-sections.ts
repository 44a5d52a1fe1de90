import type { ChartSpec } from '@shared/metrics/chart-spec';

/** Charts under one heading of a device's page. */
export interface ChartSection {
  name: string;
  charts: ChartSpec[];
}

/** Groups of one or two charts share a heading with those that people read together with them. */
const SECTION_OF: Readonly<Record<string, string>> = {
  CPU: 'Processor',
  Load: 'Processor',
  Processes: 'Processor',
  Disk: 'Disks',
  'File systems': 'Disks',
  Temperature: 'Hardware',
  Power: 'Hardware',
  'Wirewatch agent': 'System',
};
/** Fewer charts than this are seen at a glance and need no headings. */
const HEADINGS_FROM = 6;

/** Parts the charts of a device into sections, in the order in which the sections begin. */
export function sectionsOf(charts: readonly ChartSpec[]): ChartSection[] {
  const sections = new Map<string, ChartSpec[]>();
  for (const chart of charts) {
    const name = SECTION_OF[chart.group] ?? chart.group;
    const list = sections.get(name);
    if (list) list.push(chart);
    else sections.set(name, [chart]);
  }
  if (sections.size < 2 || charts.length < HEADINGS_FROM) return [{ name: '', charts: [...charts] }];
  return [...sections].map(([name, list]) => ({ name, charts: list }));
}
