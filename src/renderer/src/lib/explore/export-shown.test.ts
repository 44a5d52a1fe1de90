import { describe, expect, it } from 'vitest';
import { EMPTY_VIEW } from '@shared/explore/explore-view';
import { SeriesBuffer } from '../hub/series-buffer';
import { exportShown, type ShownFormat } from './export-shown';
import { LineIds, linesOf } from './lines';

const START = Date.UTC(2026, 2, 12, 12);

function shown(device: string, kind: 'gauge' | 'counter' = 'gauge') {
  const view = { ...EMPTY_VIEW, groups: [{ metric: 'load', labels: { core: '=1+1' }, devices: ['nas'] }] };
  const [line] = linesOf(view, new Map(), new LineIds());
  if (!line) throw new Error('there is no line');
  const columns = new SeriesBuffer({ windowMs: 60_000 });
  for (let i = 0; i < 4; i++) if (i !== 2) columns.push(START + i * 1_000, i / 2);
  return { line: { ...line, kind }, device, columns };
}

const text = (format: ShownFormat, ...lines: ReturnType<typeof shown>[]) =>
  [...exportShown(lines, START + 1_000, START + 3_000, format)].join('');

describe('an export of what is shown', () => {
  it('as CSV has what is in sight, and nothing that a spreadsheet would run', () => {
    expect(text('csv', shown('=cmd()'))).toBe(
      'time,device,metric,labels,unit,value\r\n' +
        '2026-03-12T12:00:01.000Z,\'=cmd(),load,"core=""=1+1""",,0.5\r\n' +
        '2026-03-12T12:00:03.000Z,\'=cmd(),load,"core=""=1+1""",,1.5\r\n',
    );
  });

  it('as NDJSON has a line of columns for each line of the chart', () => {
    expect(JSON.parse(text('ndjson', shown('nas')))).toEqual({
      device: 'nas',
      metric: 'load',
      labels: { core: '=1+1' },
      unit: '',
      kind: 'gauge',
      t: [START + 1_000, START + 3_000],
      v: [0.5, 1.5],
    });
    expect(JSON.parse(text('ndjson', shown('nas', 'counter')))).toMatchObject({ rate: true });
  });

  it('has the extremes where values are means', () => {
    const one = shown('nas');
    const columns = Object.assign(one.columns, { min: one.columns.v, max: one.columns.v });
    expect(text('csv', { ...one, columns })).toMatch(/unit,value,min,max\r\n.*,0\.5,0\.5,0\.5\r\n/);
  });
});
