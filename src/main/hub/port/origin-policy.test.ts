import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { TrustedProxies } from '../bounds/trusted-proxies';
import { identifyClient } from './client';
import { createOriginPolicy, isOwnOrigin } from './origin-policy';

const CHROMIUM = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0';
const isAllowed = createOriginPolicy(['https://Panel.Example/', 'http://localhost:8080']);

function may(origin: string | undefined, more: Record<string, string> = {}, encrypted = false): boolean {
  const headers = {
    host: 'nas.local:7411',
    'user-agent': CHROMIUM,
    ...(origin !== undefined && { origin }),
    ...more,
  };
  return isAllowed({ headers, socket: { encrypted } } as unknown as IncomingMessage);
}

describe('the origin policy for agents', () => {
  it('lets programs in, the hub’s own pages, and pages of origins that were named', () => {
    expect(may(undefined)).toBe(true);
    expect(may('http://nas.local:7411')).toBe(true);
    expect(may('http://nas.local:7411', { host: 'NAS.local:7411' })).toBe(true);
    expect(may('https://panel.example')).toBe(true);
    expect(may('http://localhost:8080')).toBe(true);
  });

  it.each([
    'null',
    '',
    'http://evil.example',
    'http://nas.local',
    'http://nas.local:7412',
    'http://nas.local:74110',
    'http://nas.local:7411.evil.example',
    'http://evil.example/nas.local:7411',
    'http://evil.example#http://nas.local:7411',
    'http://nas.local:7411@evil.example',
    'http://evil.example@nas.local:7411',
    'nas.local:7411',
    'ftp://nas.local:7411',
    'ws://nas.local:7411',
    'http://nas.local:7411, http://evil.example',
    'https://panel.example.evil.example',
    'https://sub.panel.example',
    'http://panel.example',
    'https://panel.example:8443',
    'http://localhost:80800',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://0a1b2c3d',
    'file://',
    'FILE://',
    'file:///home/anna/page.html',
    'data:',
    'blob:http://nas.local:7411',
  ])('turns away a page of %j', (origin) => {
    expect(may(origin)).toBe(false);
  });

  it('takes `file://` from arduinoWebSockets, which sends it, and from no browser', () => {
    expect(may('file://', { 'user-agent': 'arduino-WebSocket-Client' })).toBe(true);
    expect(may('file://', { 'user-agent': '' })).toBe(true);
    expect(may('file://', { 'user-agent': CHROMIUM })).toBe(false);
    expect(may('file://', { 'user-agent': 'kiosk', 'sec-fetch-site': 'cross-site' })).toBe(false);
    expect(may('file://', { 'user-agent': 'kiosk', 'sec-fetch-mode': 'websocket' })).toBe(false);
  });

  it('takes no page over TLS that came without', () => {
    expect(may('https://nas.local:7411', {}, true)).toBe(true);
    expect(may('http://nas.local:7411', {}, true)).toBe(false);
    // A proxy may have taken the encryption off.
    expect(may('https://nas.local:7411', {}, false)).toBe(true);
  });
});

describe('a page behind a proxy that passes on the name without the port', () => {
  const PROXY = new TrustedProxies(['127.0.0.1']);
  function isOwn(headers: Record<string, string>, remoteAddress = '127.0.0.1'): boolean {
    const request = { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
    identifyClient(request, PROXY);
    return isOwnOrigin(request);
  }
  const page = { origin: 'http://nas.local:8080', host: 'nas.local' };
  const passedOn = { ...page, 'x-forwarded-for': '10.0.0.1' };

  it('is the hub’s own where the browser says so, or a trusted proxy passes it on', () => {
    expect(isOwn({ ...page, 'sec-fetch-site': 'same-origin' })).toBe(true);
    expect(isOwn(passedOn)).toBe(true);
    expect(isOwn({ ...passedOn, origin: 'https://nas.local:8443', 'x-forwarded-proto': 'https' })).toBe(true);
  });

  it('is another site’s otherwise', () => {
    expect(isOwn(page)).toBe(false);
    expect(isOwn(passedOn, '10.0.0.2')).toBe(false);
    expect(isOwn({ ...passedOn, 'sec-fetch-site': 'same-site' })).toBe(false);
    expect(isOwn({ ...passedOn, 'sec-fetch-site': 'cross-site' })).toBe(false);
    expect(isOwn({ ...passedOn, 'x-forwarded-proto': 'https' })).toBe(false);
    expect(isOwn({ ...passedOn, host: 'nas.local:80' })).toBe(false);
    expect(isOwn({ ...passedOn, origin: 'http://evil.example:8080' })).toBe(false);
    expect(isOwn({ ...passedOn, origin: 'http://nas.local.evil.example:8080' })).toBe(false);
    expect(isOwn({ ...page, 'sec-fetch-site': 'same-origin', origin: 'http://evil.example:80' })).toBe(false);
  });
});
