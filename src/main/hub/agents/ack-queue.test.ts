import { describe, expect, it } from 'vitest';
import type { Session } from '../sessions/session';
import { AckQueue } from './ack-queue';

function sessionThatHears(): { session: Session; heard: unknown[] } {
  const heard: unknown[] = [];
  return { session: { send: (message: unknown) => heard.push(message) } as unknown as Session, heard };
}

describe('acknowledgements', () => {
  it('wait for the commit that holds their rows', () => {
    const acks = new AckQueue();
    const { session, heard } = sessionThatHears();
    acks.add(session, 's', 1, 7);
    acks.add(session, 's', 2, 8);
    acks.flush(6);
    expect(heard).toEqual([]);
    acks.flush(7);
    expect(heard).toEqual([{ type: 'ack', seq: 1, stream: 's' }]);
    acks.flush(7);
    expect(heard).toHaveLength(1);
    acks.flush(9);
    expect(heard[1]).toEqual({ type: 'ack', seq: 2, stream: 's' });
  });

  it('name the highest of each stream, and no stream for that of the hello', () => {
    const acks = new AckQueue();
    const { session, heard } = sessionThatHears();
    for (const seq of [1, 3, 2]) acks.add(session, undefined, seq, 1);
    acks.add(session, 'old', 40, 1);
    acks.flush(1);
    expect(heard).toEqual([
      { type: 'ack', seq: 3 },
      { type: 'ack', seq: 40, stream: 'old' },
    ]);
  });

  it('are for the session that sent the rows, as long as it is there', () => {
    const acks = new AckQueue();
    const [one, other] = [sessionThatHears(), sessionThatHears()];
    acks.add(one.session, 's', 1, 1);
    acks.add(other.session, 's', 2, 1);
    acks.forget(one.session);
    acks.flush(1);
    expect([one.heard, other.heard]).toEqual([[], [{ type: 'ack', seq: 2, stream: 's' }]]);
  });
});
