import { describe, expect, it } from 'vitest';
import { describeSavings, savingsOf } from './savings';

const session = { handshakeBytes: 460, frameOverheadBytes: 8_000, framesIn: 800, framesOut: 200 };

describe('what a connection saves', () => {
  it('compares one handshake and framing with a request for every message', () => {
    expect(savingsOf(session)).toEqual({
      messages: 800,
      connectionBytes: 8_460,
      framingPerMessage: 8,
      pollingBytes: 368_000,
      factor: 368_000 / 8_460,
    });
    expect(describeSavings(session)).toMatch(/^One handshake of 460\s?B.* 43 times as much\.$/);
  });

  it('claims nothing before the first message', () => {
    expect(savingsOf({ ...session, framesIn: 0 })).toBeNull();
    expect(describeSavings({ ...session, framesIn: 0 })).toContain('nothing to compare');
  });

  it('claims no saving where there is none', () => {
    const young = { ...session, framesIn: 1, framesOut: 1, frameOverheadBytes: 8 };
    expect(describeSavings(young)).not.toContain('times as much');
  });
});
