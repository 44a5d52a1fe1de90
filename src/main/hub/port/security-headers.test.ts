import { expect, it } from 'vitest';
import { SECURITY_HEADERS } from './security-headers';

it('every answer of the port carries exactly these headers', () => {
  const {
    'Content-Security-Policy': policy,
    'Permissions-Policy': permissions,
    ...others
  } = SECURITY_HEADERS;
  expect(others).toEqual({
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Origin-Agent-Cluster': '?1',
  });
  expect(policy?.split('; ').sort()).toEqual([
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "font-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "frame-src 'none'",
    "img-src 'self' data:",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    'trusted-types svelte-trusted-html',
    "worker-src 'none'",
  ]);
  const granted = permissions?.split(', ').filter((feature) => !feature.endsWith('=()'));
  expect(granted).toEqual(['screen-wake-lock=(self)']);
  for (const feature of ['camera', 'microphone', 'geolocation', 'usb', 'serial', 'hid', 'midi', 'payment']) {
    expect(permissions).toContain(`${feature}=()`);
  }
});
