import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_VIEW } from '../explore/explore-view';
import type { BoardContents } from './board';
import { formatBoardFile, parseBoardFile } from './board-file';

const BOARD: BoardContents = {
  name: 'Wall',
  range: '6h',
  panels: [
    {
      id: 'cpu',
      title: 'CPU',
      width: 6,
      rows: 2,
      view: {
        ...EMPTY_VIEW,
        groups: [{ metric: 'system.cpu.utilization', labels: { 'cpu.mode': 'user' }, devices: ['nas'] }],
      },
    },
  ],
};

const code = (text: string) => {
  const parsed = parseBoardFile(text);
  return parsed.ok ? 'ok' : parsed.error.code;
};
const withPanels = (panels: unknown) =>
  JSON.stringify({ wirewatch: 'board', version: 1, board: { ...BOARD, panels } });

describe('a board in a file', () => {
  it('comes back as it was, without what belongs to one hub', () => {
    const kept = { ...BOARD, id: 'x', revision: 7, changedAt: 8 };
    expect(parseBoardFile(formatBoardFile(kept))).toEqual({ ok: true, value: BOARD });
  });

  it('is refused with a reason when it is none', () => {
    expect(code('{')).toBe('NOT_JSON');
    expect(code('[]')).toBe('NOT_A_BOARD');
    expect(code('{"wirewatch":"board","version":2,"board":{}}')).toBe('NEWER_BOARD');
    expect(code('{"wirewatch":"board","version":1,"board":{}}')).toBe('BAD_BOARD');
    expect(code(' '.repeat(300_000))).toBe('BOARD_TOO_LARGE');
  });

  it('is refused when it is out of bounds', () => {
    const [panel] = BOARD.panels;
    expect(code(withPanels([panel]))).toBe('ok');
    expect(code(withPanels([panel, panel]))).toBe('BAD_BOARD');
    expect(code(withPanels([{ ...panel, width: 5 }]))).toBe('BAD_BOARD');
    expect(code(withPanels([{ ...panel, rows: 1e9 }]))).toBe('BAD_BOARD');
    expect(code(withPanels(Array.from({ length: 41 }, (_, i) => ({ ...panel, id: `p${i}` }))))).toBe(
      'BAD_BOARD',
    );
    const devices = Array.from({ length: 300 }, (_, i) => `d${i}`);
    const groups = ['a', 'b'].map((metric) => ({ metric, labels: {}, devices }));
    expect(code(withPanels([{ ...panel, view: { ...EMPTY_VIEW, groups } }]))).toBe('BAD_BOARD');
  });

  it('cannot smuggle in what it does not have', () => {
    const text = withPanels([{ ...BOARD.panels[0], onclick: 'x', view: { ...EMPTY_VIEW, html: '<b>' } }]);
    const parsed = parseBoardFile(text.replace('"labels":{', '"labels":{"__proto__":"x",'));
    expect(parsed.ok && Object.keys(parsed.value.panels[0] ?? {})).toEqual([
      'id',
      'title',
      'width',
      'rows',
      'view',
    ]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => withPanels(JSON.parse(json))),
        ),
        (text) => {
          expect(typeof parseBoardFile(text).ok).toBe('boolean');
        },
      ),
    );
  });
});
