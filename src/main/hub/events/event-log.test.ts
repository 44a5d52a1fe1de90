import { describe, expect, it } from 'vitest';
import type { EventInfo } from '@shared/model';
import { memoryRecorder } from '../series/recorder';
import { EventLog } from './event-log';

describe('events when the clock is set', () => {
  it('move along if they are of this run, on disk too, and stay in order', () => {
    const recorded: EventInfo[] = [];
    const log = new EventLog(100, 1_000, { ...memoryRecorder, event: (event) => recorded.push(event) });
    log.restore([{ id: 7, at: 5_000, kind: 'text', level: 'info', device: 'a', text: 'yesterday' }]);
    const add = (at: number, kind: EventInfo['kind'], text: string) =>
      log.add({ at, kind, level: 'info', device: 'a', text });
    add(9_000, 'connected', 'here');
    add(9_100, 'note', 'of a user, at a place in a chart');
    // An event that a device kept since an outage before this run was timed by another clock.
    add(4_000, 'text', 'from a backlog');
    log.clockSet({ stepMs: -2_000, startedAt: 8_000 });
    expect(log.list('a', 0, 1e9, 100).map(({ at, text }) => [at, text])).toEqual([
      [5_000, 'yesterday'],
      [7_000, 'here'],
      [9_100, 'of a user, at a place in a chart'],
      [4_000, 'from a backlog'],
    ]);
    expect(recorded.at(-1)).toMatchObject({ id: 8, at: 7_000, text: 'here' });
    expect(recorded).toHaveLength(4);
  });
});

describe('events when history opens late', () => {
  const stored = (id: number, text: string): EventInfo => ({
    id,
    at: id * 1_000,
    kind: 'text',
    level: 'info',
    device: 'a',
    text,
  });

  function start() {
    const recorded: EventInfo[] = [];
    const log = new EventLog(100, 1_000, { ...memoryRecorder, event: (event) => recorded.push(event) });
    const add = (text: string) => log.add({ at: 90_000, kind: 'hub', level: 'info', device: 'a', text });
    const listed = () => log.list('a', 0, 1e9, 100).map(({ id, text }) => [id, text]);
    return { log, recorded, add, listed };
  }

  it('are told to it with the ids they have', () => {
    const { log, recorded, add, listed } = start();
    log.restore([stored(7, 'yesterday')]);
    add('meanwhile');
    recorded.length = 0;
    log.join([stored(7, 'yesterday')]);
    expect(listed()).toEqual([
      [7, 'yesterday'],
      [8, 'meanwhile'],
    ]);
    expect(recorded.map(({ id }) => id)).toEqual([8]);
  });

  it('get other ids where the file has other events with theirs', () => {
    const { log, recorded, add, listed } = start();
    add('meanwhile');
    recorded.length = 0;
    const [removed, appended]: [number[], number[]] = [[], []];
    log.removed.on((id) => removed.push(id));
    log.appended.on(({ id }) => appended.push(id));
    log.join([stored(1, 'first'), stored(5, 'last')]);
    expect(listed()).toEqual([
      [1, 'first'],
      [5, 'last'],
      [6, 'meanwhile'],
    ]);
    expect(recorded.map(({ id }) => id)).toEqual([6]);
    expect([removed, appended]).toEqual([[1], [6]]);
  });
});
