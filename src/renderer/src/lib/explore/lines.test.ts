import { describe, expect, it } from 'vitest';
import { signOf } from '../charts/looks/looks';
import { EMPTY_VIEW, type ExploreView } from '@shared/explore/explore-view';
import { groupRefs, refKey, type SeriesRef } from '@shared/explore/selection';
import type { SeriesInfo } from '@shared/model';
import { chartsOf } from './charts-of';
import { lineSlots } from './line-slots';
import { fullName, LineIds, lineNames, linesOf } from './lines';
import { viewTitle } from './view-title';

const NAMES: Readonly<Record<string, string>> = { a: 'nas', b: 'desk' };
const nameOf = (device: string) => NAMES[device] ?? device;

const cpu = (device: string): SeriesRef => ({ device, metric: 'system.cpu.utilization', labels: {} });
const net = (device: string, direction: string): SeriesRef => ({
  device,
  metric: 'system.network.io',
  labels: { 'network.io.direction': direction },
});

/** Returns the hub's series for these references, with units as their devices declare them. */
function known(refs: readonly SeriesRef[], units: Readonly<Record<string, string>> = {}) {
  const infos = refs.map((ref, i): SeriesInfo => {
    const isNet = ref.metric === 'system.network.io';
    const unit = units[ref.device] ?? (isNet ? 'By' : '1');
    return {
      ...ref,
      id: 100 + i,
      unit,
      unitSource: 'known',
      kind: isNet ? 'counter' : 'gauge',
      title: null,
      min: 0,
      max: isNet ? null : 1,
    };
  });
  return new Map(infos.map((info) => [refKey(info), info]));
}

function draw(refs: readonly SeriesRef[], patch: Partial<ExploreView> = {}, there = known(refs)) {
  const view = { ...EMPTY_VIEW, groups: groupRefs(refs), ...patch };
  const lines = linesOf(view, there, new LineIds());
  return { view, lines, charts: chartsOf(view, lines, nameOf), names: lineNames(lines, nameOf) };
}

describe('the lines of a view', () => {
  it('are called by what tells them apart', () => {
    expect(draw([cpu('a'), cpu('b')]).names).toEqual(['nas', 'desk']);
    expect(draw([net('a', 'receive'), net('a', 'transmit')]).names).toEqual(['receive', 'transmit']);
    expect(draw([cpu('a'), net('b', 'receive')]).names).toEqual(['nas · CPU', 'desk · Network · receive']);
    expect(draw([cpu('a')]).names).toEqual(['nas']);
  });

  it('stay where they are when the hub does not know all of them', () => {
    const { lines } = draw([cpu('a'), cpu('gone'), cpu('b')], {}, known([cpu('a'), cpu('b')]));
    expect(lines.map(({ device, members }) => [device, members.length])).toEqual([
      ['a', 1],
      ['gone', 0],
      ['b', 1],
    ]);
  });

  it('are one for each metric when devices are put together, and never of two units', () => {
    const refs = [cpu('a'), cpu('b'), net('a', 'receive'), net('b', 'receive')];
    const { lines, names } = draw(refs, { aggregate: 'avg' });
    expect(names).toEqual(['Average of 2 · CPU', 'Average of 2 · Network · receive']);
    expect(lines.map(({ members }) => members.length)).toEqual([2, 2]);
    const temps = ['a', 'b'].map((device) => ({ device, metric: 'temp', labels: {} }));
    const mixed = draw(temps, { aggregate: 'max' }, known(temps, { a: 'Cel', b: '[degF]' }));
    expect(mixed.lines.map(({ unit }) => unit)).toEqual(['Cel', '[degF]']);
  });

  it('know no bounds where they are sums', () => {
    expect(draw([cpu('a'), cpu('b')], { aggregate: 'avg' }).lines[0]).toMatchObject({ min: 0, max: 1 });
    expect(draw([cpu('a'), cpu('b')], { aggregate: 'sum' }).lines[0]).toMatchObject({ min: null, max: null });
  });

  it('of other devices are other lines, though they are called the same', () => {
    const ids = new LineIds();
    const view = (devices: string[]) => ({
      ...EMPTY_VIEW,
      aggregate: 'avg' as const,
      groups: groupRefs(devices.map(cpu)),
    });
    const there = known([cpu('a'), cpu('b')]);
    const [first] = linesOf(view(['a']), there, ids);
    const [second] = linesOf(view(['b']), there, ids);
    expect(first?.id).not.toBe(second?.id);
    expect(linesOf(view(['a']), there, ids)[0]?.id).toBe(first?.id);
  });

  it('have a whole name and a title', () => {
    const { lines, view } = draw([cpu('a'), cpu('b')]);
    expect(lines.map((line) => fullName(line, nameOf))).toEqual(['nas · CPU', 'desk · CPU']);
    expect(viewTitle(view, lines, nameOf)).toBe('CPU of nas and desk');
  });
});

describe('the charts of a view', () => {
  const refs = [cpu('a'), net('a', 'receive'), cpu('b'), net('b', 'receive')];
  const shape = (layout: ExploreView['layout']) =>
    draw(refs, { layout }).charts.map(({ spec, lines }) => [spec.title, spec.unit, lines.length]);

  it('never put two units on one axis', () => {
    expect(shape('together')).toEqual([
      ['CPU', '1', 2],
      ['Network', 'By', 2],
    ]);
  });

  it('are one for each device, metric or line, what belongs together side by side', () => {
    expect(shape('device')).toEqual([
      ['nas', '1', 1],
      ['nas', 'By', 1],
      ['desk', '1', 1],
      ['desk', 'By', 1],
    ]);
    expect(shape('metric').map(([title]) => title)).toEqual(['CPU', 'Network']);
    expect(shape('series')).toHaveLength(4);
  });

  it('go by steps where one wants them, beside an earlier period, too', () => {
    const [chart] = draw([cpu('a'), cpu('b')], { style: 'step', compare: 'day' }).charts;
    expect(chart?.spec).toMatchObject({ style: 'line', stepped: true });
    expect(draw([cpu('a')], { style: 'line' }).charts[0]?.spec.stepped).toBe(false);
  });

  it('draw the earlier period dashed, in the same colour, under its own name', () => {
    const [chart] = draw([cpu('a'), cpu('b')], { compare: 'day', style: 'stack' }).charts;
    expect(chart?.spec.style).toBe('line');
    expect(chart?.spec.series.map(({ label, dashed, slot }) => [label, dashed ?? false, slot])).toEqual([
      ['nas', false, chart?.lines[0]?.slot],
      ['desk', false, chart?.lines[1]?.slot],
      ['nas, one day earlier', true, chart?.lines[0]?.slot],
      ['desk, one day earlier', true, chart?.lines[1]?.slot],
    ]);
  });

  it('have ids of their own', () => {
    const { charts } = draw(refs, { layout: 'series' });
    expect(new Set(charts.map(({ spec }) => spec.id)).size).toBe(4);
  });
});

describe('colours', () => {
  it('are the same whatever the order, and differ as long as there are any left', () => {
    const keys = ['nas', 'desk', 'pi', 'router', 'attic', 'kiln'];
    const slots = lineSlots(keys);
    expect(new Set(slots).size).toBe(6);
    expect(lineSlots(keys.toReversed()).reverse()).toEqual(slots);
    expect(Math.max(...lineSlots(keys.slice(0, 3)))).toBeLessThanOrEqual(4);
  });

  it('come back with signs when there are no others left, and alone where signs would repeat, too', () => {
    const keys = Array.from({ length: 300 }, (_, i) => `device ${i}`);
    expect(new Set(lineSlots(keys.slice(0, 40))).size).toBe(40);
    expect(lineSlots(keys.slice(0, 12)).filter((look) => signOf(look) === 'dot')).toHaveLength(4);
    expect(lineSlots(keys).every((look) => signOf(look) === 'none')).toBe(true);
  });

  it('begin anew with each chart where a view has more lines than colours', () => {
    const devices = ['a', 'b', 'c', 'd', 'e', 'f'];
    const refs = devices.flatMap((device) => [cpu(device), net(device, 'receive')]);
    for (const { lines } of draw(refs).charts) {
      expect(new Set(lines.map(({ slot }) => slot)).size).toBe(6);
      expect(lines.every(({ slot }) => signOf(slot) === 'none')).toBe(true);
    }
    // A single line needs no sign.
    for (const { slot } of draw(refs, { layout: 'series' }).lines) expect(signOf(slot)).toBe('none');
    // A device keeps its colour from chart to chart.
    const byMetric = draw(refs, { layout: 'metric' }).lines;
    for (const device of devices)
      expect(new Set(byMetric.filter((line) => line.device === device).map(({ slot }) => slot)).size).toBe(1);
  });
});
