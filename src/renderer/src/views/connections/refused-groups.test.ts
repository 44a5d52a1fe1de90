import { describe, expect, it } from 'vitest';
import { groupRefusals } from './refused-groups';

describe('what was refused', () => {
  it('is grouped by what it means, the most frequent first', () => {
    const groups = groupRefusals({ NOT_JSON: 3, BAD_UPGRADE: 9, HOST_NOT_ALLOWED: 2, 4001: 1 });
    expect(groups.map(({ title, count }) => [title, count])).toEqual([
      ['Could not prove who they are', 1],
      ['Came from where they may not', 2],
      ['Did not speak the language', 12],
    ]);
    expect(groups[2]?.refusals.map(({ code }) => code)).toEqual(['BAD_UPGRADE', 'NOT_JSON']);
  });

  it('says close codes in the words that they have everywhere', () => {
    expect(groupRefusals({ 4003: 1 })[0]?.refusals[0]?.text).toBe(
      'The device sent more than the hub allows in a second.',
    );
  });

  it('keeps a code that nobody has described readable, and loses none', () => {
    const [group] = groupRefusals({ WEATHER_ODD: 2 });
    expect(group?.title).toBe('Other reasons');
    expect(group?.refusals).toEqual([{ code: 'WEATHER_ODD', count: 2, text: 'Weather odd.' }]);
  });

  it.each([
    ['TLS_HANDSHAKE_TIMEOUT', 'Were too many, too fast or too large'],
    ['TOO_MANY_CODES', 'Were too many, too fast or too large'],
    ['TLS_REQUIRED', 'Could not agree on encryption'],
    ['UI_NOT_SHARED', 'Came from where they may not'],
    ['ORIGIN_NOT_ALLOWED', 'Came from where they may not'],
    ['WRONG_CODE', 'Could not prove who they are'],
    ['NOT_ALLOWED', 'Could not prove who they are'],
    ['PENDING_APPROVAL', 'Are not let in yet'],
    ['OTHER_ADDRESS', 'Could not prove who they are'],
    ['RESERVED_ID', 'Did not speak the language'],
    ['STOPPING', 'Other reasons'],
  ])('puts %s where it belongs', (code, title) => {
    expect(groupRefusals({ [code]: 1 })[0]?.title).toBe(title);
  });

  it('is empty when nothing was', () => {
    expect(groupRefusals({})).toEqual([]);
  });
});
