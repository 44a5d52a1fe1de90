import { describe, expect, it } from 'vitest';
import { chartTitle } from './chart-title';

const spec = (metric: string, group: string, title: string) => ({
  title,
  group,
  series: [{ id: 1, label: '', metric, labels: {}, unit: '', kind: 'gauge' as const }],
});

describe("a chart's heading", () => {
  it('names the family of a metric that the catalogue does not know', () => {
    expect(chartTitle(spec('spindle.speed', 'Spindle', 'Speed'))).toBe('Spindle speed');
    expect(chartTitle(spec('gpu.VRAM', 'Gpu', 'VRAM'))).toBe('Gpu VRAM');
  });

  it('says nothing twice', () => {
    expect(chartTitle(spec('spindle.speed', 'Spindle', 'Spindle speed'))).toBe('Spindle speed');
    expect(chartTitle(spec('foo', 'Other', 'Foo'))).toBe('Foo');
    expect(chartTitle(spec('system.cpu.utilization', 'CPU', 'Cores'))).toBe('Cores');
  });
});
