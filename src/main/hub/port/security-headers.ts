import type { ServerResponse } from 'node:http';
import { contentSecurityPolicy } from '@shared/content-security-policy';

const CONTENT_SECURITY_POLICY = contentSecurityPolicy({
  // No text becomes markup or code in the page but the templates of its own framework.
  'require-trusted-types-for': "'script'",
  'trusted-types': 'svelte-trusted-html',
});

/** Headers of every answer from this port, whichever part of the hub sends it. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Permissions-Policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), local-fonts=(), ' +
    'magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), ' +
    'screen-wake-lock=(self), serial=(), usb=(), xr-spatial-tracking=()',
};

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
}
