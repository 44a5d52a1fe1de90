import { expect, it, vi } from 'vitest';
import { serveApp, serveAppFile } from './app-protocol';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "frame-src 'none'",
  "worker-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

it('every answer of app:// carries exactly the policy of the desktop, exports and refusals too', async () => {
  const asked = { method: 'GET', url: 'app://wirewatch/missing.html' };
  const exported = () => Promise.resolve(new Response('x'));
  const answers = [
    await serveAppFile('/nowhere', asked),
    await serveApp('/nowhere', exported, { method: 'GET', url: 'app://wirewatch/api/v1/export' }),
    await serveApp('/nowhere', exported, { method: 'POST', url: 'app://wirewatch/api/v1/export' }),
  ];
  for (const { headers } of answers) {
    expect(headers.get('Content-Security-Policy')?.split('; ').sort()).toEqual([...POLICY].sort());
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
  }
});
