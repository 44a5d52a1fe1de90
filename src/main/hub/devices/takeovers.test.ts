import { describe, expect, it } from 'vitest';
import { Takeovers, type Speaker, type Verdict } from './takeovers';

const MINUTE_MS = 60_000;

function setup() {
  const takeovers = new Takeovers();
  let now = 0;
  let incumbent: Speaker | null = null;
  return {
    takeovers,
    pass: (ms: number) => void (now += ms),
    /** A newcomer comes while the one before is alive; `hasAnswered`: that one answers if it is replaced. */
    come(newcomer: Speaker, hasAnswered = false): Verdict {
      const before = incumbent;
      const verdict = before ? takeovers.judge(newcomer, before, now) : 'take';
      if (before && verdict === 'take') {
        takeovers.add({ at: now, from: before, to: newcomer, hasAnswered: () => hasAnswered });
      }
      if (verdict !== 'refuse') incumbent = newcomer;
      return verdict;
    },
    leave: () => void (incumbent = null),
  };
}

const speaker = (instance: string | null, address = '10.0.0.7'): Speaker => ({ instance, address });

describe('two machines that share an identity', () => {
  it('are seen when the one that was replaced comes back, minutes later, and the first one keeps the place', () => {
    const { come, pass, takeovers } = setup();
    expect(come(speaker('a'))).toBe('take');
    pass(60 * MINUTE_MS);
    expect(come(speaker('b'))).toBe('take');
    pass(20 * MINUTE_MS);
    expect(come(speaker('a'))).toBe('return');
    for (let i = 0; i < 50; i++) {
      pass(1.5 * MINUTE_MS);
      expect(come(speaker('b'))).toBe('refuse');
      expect(come(speaker('a'))).toBe('take');
    }
    expect(takeovers.isNews(0)).toBe(true);
    expect(takeovers.isNews(59 * MINUTE_MS)).toBe(false);
  });

  it('are told apart by their addresses where they do not say more', () => {
    const { come, pass } = setup();
    expect(come(speaker(null, '10.0.0.7'))).toBe('take');
    expect(come(speaker(null, '10.0.0.8'))).toBe('take');
    pass(MINUTE_MS);
    expect(come(speaker(null, '10.0.0.7'))).toBe('return');
    pass(MINUTE_MS);
    expect(come(speaker(null, '10.0.0.8'))).toBe('refuse');
  });

  it('are seen behind one address by how often those that were there were replaced', () => {
    const { come, pass } = setup();
    const one = speaker(null);
    for (let i = 0; i < 4; i++) {
      expect(come(one, true)).toBe('take');
      pass(1.5 * MINUTE_MS);
    }
    expect(come(one, true)).toBe('refuse');
  });

  it('keep their places when the first one is started anew, and the other gets in while it is away', () => {
    const { come, pass, leave } = setup();
    come(speaker('a', '10.0.0.7'));
    come(speaker('b', '10.0.0.8'));
    pass(MINUTE_MS);
    expect(come(speaker('a', '10.0.0.7'))).toBe('return');
    leave();
    expect(come(speaker('b', '10.0.0.8'))).toBe('take');
    expect(come(speaker('a2', '10.0.0.7'))).toBe('return');
    expect(come(speaker('b', '10.0.0.8'))).toBe('refuse');
  });
});

describe('one machine', () => {
  it('may come again as often as its network breaks', () => {
    const { come, pass } = setup();
    for (let i = 0; i < 20; i++) {
      expect(come(speaker('a', `10.0.0.${i}`))).toBe('take');
      pass(1_000);
    }
  });

  it('may be started anew while its old connection is not known to be broken', () => {
    const { come, pass } = setup();
    for (let i = 0; i < 20; i++) {
      expect(come(speaker(`run ${i}`))).toBe('take');
      pass(MINUTE_MS);
    }
  });

  it('that says nothing of itself may come again each minute over a bad network', () => {
    const { come, pass } = setup();
    for (let i = 0; i < 20; i++) {
      expect(come(speaker(null), false)).toBe('take');
      pass(MINUTE_MS / 2 + 1);
    }
  });
});
