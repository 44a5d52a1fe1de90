import { describe, expect, it } from 'vitest';
import { parseHubUrl } from './hub-url';

describe("the hub's address", () => {
  it.each([
    ['ws://192.168.1.20:7411', 'ws://192.168.1.20:7411/agent'],
    ['nas', 'ws://nas:7411/agent'],
    ['nas.local:9000', 'ws://nas.local:9000/agent'],
    ['nas:80', 'ws://nas/agent'],
    ['[fd00::1]', 'ws://[fd00::1]:7411/agent'],
    ['http://nas:7411/', 'ws://nas:7411/agent'],
    ['wss://hub.example.org', 'wss://hub.example.org/agent'],
    ['wss://hub.example.org/wirewatch/agent?x=1', 'wss://hub.example.org/wirewatch/agent?x=1'],
  ])('%s means %s', (text, url) => {
    const parsed = parseHubUrl(text);
    expect(parsed.ok && parsed.value.href).toBe(url);
  });

  it.each(['', 'ftp://nas', 'ws://', 'ws://user:secret@nas:7411', 'ws://a b'])('%j is refused', (text) => {
    expect(parseHubUrl(text)).toMatchObject({ ok: false, error: { code: 'BAD_URL' } });
  });
});
