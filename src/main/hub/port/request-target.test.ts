import { describe, expect, it } from 'vitest';
import { parseTarget } from './request-target';

const pathOf = (target: string): string | null => {
  const parsed = parseTarget(target);
  return parsed.ok ? parsed.value.path : null;
};

describe('the target of a request', () => {
  it('is a path, decoded once, and a query', () => {
    const parsed = parseTarget('/a%20b/c?x=1&y=%2F..');
    expect(parsed.ok && [parsed.value.path, [...parsed.value.query]]).toEqual([
      '/a b/c',
      [
        ['x', '1'],
        ['y', '/..'],
      ],
    ]);
    expect([pathOf('/'), pathOf('/?'), pathOf('/a..b/.c')]).toEqual(['/', '/', '/a..b/.c']);
  });

  it.each([
    '',
    'agent',
    'http://example/agent',
    '*',
    '/..',
    '/a/../b',
    '/a/./b',
    '/%2e%2e/b',
    '/%252e%252e/b',
    '/.%2E',
    '/a%2fb',
    '/a%5Cb',
    '/a\\b',
    '/a%00b',
    '/a%0ab',
    '/a%7fb',
    '/%',
    '/%ff',
    `/${'a'.repeat(4_096)}`,
  ])('is refused where another reader might read another path: %s', (target) => {
    expect(parseTarget(target)).toMatchObject({ ok: false, error: { code: 'BAD_PATH' } });
  });

  it('may have 4,096 characters', () => {
    expect(pathOf(`/${'a'.repeat(4_095)}`)).toHaveLength(4_096);
  });
});
