import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJoinLink, parseJoinLink } from './join-link';

const hex = fc.stringMatching(/^[0-9A-F]{64}$/);
const secret = fc.stringMatching(/^wwt_[\w-]{8,32}$/);

describe('a link to join with', () => {
  it('survives the way through a QR code', () => {
    fc.assert(
      fc.property(
        fc.option(hex, { nil: undefined }),
        fc.option(secret, { nil: undefined }),
        (fingerprint, token) => {
          const link = { url: 'wss://192.168.1.20:7411', fingerprint, token };
          expect(parseJoinLink(formatJoinLink(link))).toEqual(link);
        },
      ),
    );
  });

  it('keeps what is secret in the fragment, which never travels', () => {
    expect(formatJoinLink({ url: 'wss://nas:7411', fingerprint: 'AB:CD', token: 'wwt_x' })).toBe(
      'wss://nas:7411#fingerprint=ABCD&token=wwt_x',
    );
  });

  it('is any address that has no more to say', () => {
    expect(parseJoinLink('nas')).toEqual({ url: 'nas' });
    expect(formatJoinLink({ url: 'ws://nas:7411' })).toBe('ws://nas:7411');
  });
});
