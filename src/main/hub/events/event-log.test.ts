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
    // What a device tells from an outage before this run happened by another clock.
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
