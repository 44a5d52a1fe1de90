import { describe, expect, it } from 'vitest';
import { groupRefusals } from './refused-groups';

describe('what was refused', () => {
  it('is grouped by what it means, the most frequent first', () => {
    const groups = groupRefusals({ NOT_JSON: 3, BAD_UPGRADE: 9, HOST_NOT_ALLOWED: 2, 4001: 1 });
    expect(groups.map(({ title, count }) => [title, count])).toEqual([
      ['Failed to prove their identity', 1],
      ['Came from a web page or host name that is not allowed', 2],
      ['Invalid messages and requests', 12],
    ]);
    expect(groups[2]?.refusals.map(({ code }) => code)).toEqual(['BAD_UPGRADE', 'NOT_JSON']);
  });

  it('says close codes in the words that they have everywhere', () => {
    expect(groupRefusals({ 4003: 1 })[0]?.refusals[0]?.text).toBe(
      'The device sent more per second than the hub allows.',
    );
  });

  it('keeps a code that nobody has described readable, and loses none', () => {
    const [group] = groupRefusals({ WEATHER_ODD: 2 });
    expect(group?.title).toBe('Other reasons');
    expect(group?.refusals).toEqual([{ code: 'WEATHER_ODD', count: 2, text: 'Weather odd.' }]);
  });

  it.each([
    ['TLS_HANDSHAKE_TIMEOUT', 'Too many, too fast or too large'],
    ['TOO_MANY_CODES', 'Too many, too fast or too large'],
    ['TLS_REQUIRED', 'Encryption failed'],
    ['UI_NOT_SHARED', 'Came from a web page or host name that is not allowed'],
    ['ORIGIN_NOT_ALLOWED', 'Came from a web page or host name that is not allowed'],
    ['WRONG_CODE', 'Failed to prove their identity'],
    ['NOT_ALLOWED', 'Failed to prove their identity'],
    ['PENDING_APPROVAL', 'Not approved yet'],
    ['OTHER_ADDRESS', 'Failed to prove their identity'],
    ['RESERVED_ID', 'Invalid messages and requests'],
    ['STOPPING', 'Other reasons'],
  ])('puts %s where it belongs', (code, title) => {
    expect(groupRefusals({ [code]: 1 })[0]?.title).toBe(title);
  });

  it('is empty when nothing was', () => {
    expect(groupRefusals({})).toEqual([]);
  });
});
