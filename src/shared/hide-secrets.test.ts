import { describe, expect, it } from 'vitest';
import { hideSecrets } from './hide-secrets';

const KEY = `wwk_${'Ab3_-'.repeat(8)}xyz`;

describe('hiding secrets', () => {
  it.each([
    ['a field of JSON', `{"key":"${KEY}","temp":1}`, '{"key":"(hidden)","temp":1}'],
    ['a token of any form', '{"token" : "pa\\"ss", "a":1}', '{"token" : "(hidden)", "a":1}'],
    ['the query of a URL', 'GET /agent?token=secret&x=1 HTTP/1.1', 'GET /agent?token=(hidden)&x=1 HTTP/1.1'],
    ['plain words', `my key is ${KEY}!`, 'my key is (hidden)!'],
    ['a text that was cut', `{"key":"${KEY.slice(0, 9)}`, '{"key":"(hidden)'],
  ])('works in %s', (_, text, shown) => {
    expect(hideSecrets(text)).toBe(shown);
  });

  it('leaves everything else alone', () => {
    const text = '{"monkey":"a","tokens":5,"values":{"key":3}} GET /x?keys=1';
    expect(hideSecrets(text)).toBe(text);
  });
});
