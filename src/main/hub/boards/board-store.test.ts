import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoardDraft } from '@shared/boards/board';
import { EMPTY_VIEW } from '@shared/explore/explore-view';
import { silentLogger } from '@shared/logger';
import { BoardStore } from './board-store';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'wirewatch-boards-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const open = (limits = { boards: 3, boardBytes: 4_096 }) =>
  new BoardStore({ dataDir, limits, log: silentLogger, now: () => 1_000 });
const file = () => join(dataDir, 'boards.json');

function draft(id: string, name = id): BoardDraft {
  return {
    id,
    name,
    range: '1h',
    panels: [{ id: 'p', title: '', width: 6, rows: 2, view: EMPTY_VIEW }],
  };
}

describe('boards', () => {
  it('are there again after a restart, in a file that only their owner reads', () => {
    const saved = open().save(draft('wall'), null);
    expect(open().get('wall')).toEqual(saved);
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('tell the second of two people what happened, instead of undoing what the first did', () => {
    const store = open();
    const { revision } = store.save(draft('wall'), null);
    store.save(draft('wall', 'First'), revision);
    expect(() => store.save(draft('wall', 'Second'), revision)).toThrow(
      expect.objectContaining({ code: 'CONFLICT' }),
    );
    expect(() => store.delete('wall', revision)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(() => store.save(draft('wall'), null)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(store.get('wall').name).toBe('First');
  });

  it('never have a revision twice, not even one that was deleted and came back', () => {
    const store = open();
    const first = store.save(draft('wall'), null);
    store.delete('wall', first.revision);
    expect(() => store.save(draft('wall'), first.revision)).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_BOARD' }),
    );
    expect(store.save(draft('wall'), null).revision).toBeGreaterThan(first.revision);
  });

  it('have a bound of number and size', () => {
    const store = open();
    for (const id of ['a', 'b', 'c']) store.save(draft(id), null);
    expect(() => store.save(draft('d'), null)).toThrow(expect.objectContaining({ code: 'TOO_MANY_BOARDS' }));
    const long = draft('a');
    const [panel] = long.panels;
    const devices = Array.from({ length: 400 }, (_, i) => `device-${i}`);
    if (panel) panel.view = { ...EMPTY_VIEW, groups: [{ metric: 'cpu', labels: {}, devices }] };
    expect(() => store.save(long, store.get('a').revision)).toThrow(
      expect.objectContaining({ code: 'BOARD_TOO_LARGE' }),
    );
  });

  it('tell everybody of changes', () => {
    const store = open();
    const heard: unknown[] = [];
    store.changed.on((message) => heard.push(message));
    const { revision } = store.save(draft('wall'), null);
    store.delete('wall', null);
    expect(heard).toEqual([
      { changed: [{ id: 'wall', name: 'wall', panels: 1, revision, changedAt: 1_000 }], removed: [] },
      { changed: [], removed: ['wall'] },
    ]);
  });

  it('that cannot be read are set aside, not overwritten', () => {
    for (const text of ['{', '{"version":1,"boards":[{"id":"../x"}]}', '{"version":2,"boards":[]}']) {
      writeFileSync(file(), text);
      const store = open();
      expect(store.list()).toEqual([]);
      const [aside] = readdirSync(dataDir).filter((name) => name.includes('damaged'));
      expect(readFileSync(join(dataDir, aside ?? ''), 'utf8')).toBe(text);
      rmSync(join(dataDir, aside ?? ''));
    }
  });

  it('that cannot be written are not said to be saved', () => {
    const store = open();
    const { revision } = store.save(draft('wall'), null);
    rmSync(dataDir, { recursive: true });
    writeFileSync(dataDir, 'no folder any more');
    chmodSync(dataDir, 0o400);
    expect(() => store.save(draft('wall', 'Lost'), revision)).toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE' }),
    );
    expect(store.get('wall').name).toBe('wall');
  });
});
