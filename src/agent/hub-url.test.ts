import { describe, expect, it } from 'vitest';
import { hostOf, parseHubUrl, plainUrl } from './hub-url';

describe("the hub's address", () => {
  it.each([
    ['ws://192.168.1.20:7411', 'ws://192.168.1.20:7411/agent'],
    ['nas', 'wss://nas:7411/agent'],
    ['nas.local:9000', 'wss://nas.local:9000/agent'],
    ['nas:443', 'wss://nas/agent'],
    ['[fd00::1]', 'wss://[fd00::1]:7411/agent'],
    ['http://nas:7411/', 'ws://nas:7411/agent'],
    ['wss://hub.example.org', 'wss://hub.example.org/agent'],
    ['wss://hub.example.org/wirewatch/agent?x=1', 'wss://hub.example.org/wirewatch/agent?x=1'],
  ])('%s means %s', (text, url) => {
    const parsed = parseHubUrl(text);
    expect(parsed.ok && parsed.value.url.href).toBe(url);
  });

  it.each([
    ['nas', true, 'ws://nas:7411/agent'],
    ['nas:80', true, 'ws://nas/agent'],
    ['wss://nas', false, 'ws://nas:443/agent'],
  ])('%s leaves plain WebSocket open: %s', (text, isOpen, plain) => {
    const parsed = parseHubUrl(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    expect(parsed.value.isOpenToPlain).toBe(isOpen);
    expect(plainUrl(parsed.value.url).href).toBe(plain);
  });

  it('has a port of its own, said or not', () => {
    expect(hostOf(new URL('wss://nas/agent'))).toBe('nas:443');
    expect(hostOf(new URL('ws://[fd00::1]/agent'))).toBe('[fd00::1]:80');
  });

  it.each(['', 'ftp://nas', 'ws://', 'ws://user:secret@nas:7411', 'ws://a b'])('%j is refused', (text) => {
    expect(parseHubUrl(text)).toMatchObject({ ok: false, error: { code: 'BAD_URL' } });
  });
});
