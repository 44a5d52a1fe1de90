import { expect, it } from 'vitest';
import { contentSecurityPolicy } from './content-security-policy';

it('denies what nobody allows, and takes directives of the caller in the place of its own', () => {
  const policy = contentSecurityPolicy({ 'img-src': "'self'", 'trusted-types': 'one' }).split('; ');
  expect(policy).toContain("default-src 'none'");
  expect(policy.filter((directive) => directive.startsWith('img-src'))).toEqual(["img-src 'self'"]);
  expect(policy.at(-1)).toBe('trusted-types one');
});
