import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceLabel, labelOf, parseTxt, SERVICE_TYPE, writeTxt, type Announcement } from './announcement';

const encoder = new TextEncoder();
const bytes = (...strings: string[]): Uint8Array[] => strings.map((text) => encoder.encode(text));
const hub: Announcement = {
  version: '1.0.0',
  tls: 'allow',
  keyId: 'bjPDijICbX7zinaZGPrmhYETlBpFNDVQbpnC9pTpmF0',
  fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
};

describe("a hub's announcement", () => {
  it('is read as it was written', () => {
    expect(parseTxt(bytes(...writeTxt(hub)))).toEqual(hub);
    const plain: Announcement = { version: '1.0.0', tls: 'off', keyId: null, fingerprint: null };
    expect(parseTxt(bytes(...writeTxt(plain)))).toEqual(plain);
  });

  it.each([
    ['nothing', []],
    ['no mode', ['version=1.0.0']],
    ['a mode that is none', ['version=1.0.0', 'tls=maybe']],
    ['markup for a version', ['version=<b>', 'tls=off']],
    ['half a fingerprint', ['version=1', 'tls=allow', 'fp=ABCD']],
    ['a key that is a path', ['version=1', 'tls=allow', 'id=../../etc/passwd']],
    ['a prototype', ['__proto__=1', 'constructor=2']],
  ])('is none with %s', (_what, strings) => {
    expect(parseTxt(bytes(...strings))).toBeNull();
  });

  it('claims no key without TLS, and the first of two values counts', () => {
    const { keyId } = hub;
    expect(parseTxt(bytes('version=1', 'tls=off', `id=${keyId}`))?.keyId).toBeNull();
    expect(parseTxt(bytes('version=1', 'version=2', 'tls=off'))?.version).toBe('1');
  });

  it('breaks nothing, whatever anybody sends', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 }), (strings) => {
        parseTxt(strings);
      }),
    );
  });

  it('has a name that fits into a DNS label, whatever the machine is called', () => {
    expect(instanceLabel('nas.lan')).toBe('nas-lan');
    expect(instanceLabel('nas', 2)).toBe('nas (2)');
    expect(labelOf(`${instanceLabel('nas')}.${SERVICE_TYPE}`)).toBe('nas');
    expect(labelOf('nas._http._tcp.local')).toBeNull();
    expect(labelOf(`\u202e.${SERVICE_TYPE}`)).toBeNull();
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.integer({ min: 1, max: 10 }),
        (name, attempt) => {
          const label = instanceLabel(name, attempt);
          expect(encoder.encode(label).length).toBeLessThanOrEqual(63);
          expect(label).not.toContain('.');
        },
      ),
    );
  });
});
