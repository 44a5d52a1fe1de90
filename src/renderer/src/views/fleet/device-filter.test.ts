import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceInfo } from '../../lib/hub/testing/device-info';
import { completeTerm, matchesFilter, parseFilter, suggestTerms, wantsRejected } from './device-filter';

const device = deviceInfo({
  id: 'a',
  name: 'Attic sensor',
  ownName: 'esp-1',
  kind: 'board',
  state: 'offline',
  simple: true,
  tags: ['Lab', 'top floor'],
  address: '192.168.1.53',
});
const matches = (text: string, of = device) => matchesFilter(of, parseFilter(text));

describe('the fleet filter', () => {
  it('finds plain words in names, tags and addresses', () => {
    expect(matches('attic')).toBe(true);
    expect(matches('lab')).toBe(true);
    expect(matches('1.53')).toBe(true);
    expect(matches('cellar')).toBe(false);
  });

  it('wants every term to hold, and any value of one term', () => {
    expect(matches('tag:lab state:offline')).toBe(true);
    expect(matches('tag:lab state:online')).toBe(false);
    expect(matches('state:online,offline')).toBe(true);
  });

  it('turns a term around with a minus and keeps quoted words together', () => {
    expect(matches('-state:offline')).toBe(false);
    expect(matches('-kind:computer tag:"top floor"')).toBe(true);
  });

  it('takes a word with a colon that is no field as text', () => {
    expect(matches('name:attic')).toBe(true);
    expect(matches('web:80')).toBe(false);
    expect(matches('web:80', { ...device, name: 'web:8080' })).toBe(true);
  });

  it('shows rejected devices only to those who ask for them', () => {
    expect(wantsRejected(parseFilter('state:rej'))).toBe(true);
    expect(wantsRejected(parseFilter('-state:rejected'))).toBe(false);
    expect(wantsRejected(parseFilter('rejected'))).toBe(false);
  });

  it('completes what is being typed', () => {
    expect(suggestTerms('attic of', [], 5)).toEqual(['state:offline']);
    expect(suggestTerms('tag:l', ['lab', 'attic'], 5)).toEqual(['tag:lab']);
    expect(completeTerm('attic -of', 'state:offline')).toBe('attic -state:offline ');
  });

  it('does not hide anything for half a condition', () => {
    expect(matches('tag:')).toBe(true);
    expect(matches('attic state:')).toBe(true);
  });

  it('takes whatever is typed without failing', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof matches(text) === 'boolean'));
  });
});
