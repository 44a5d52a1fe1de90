import { describe, expect, it } from 'vitest';
import { uiAccessOf } from './ui-access';

describe('who can open the UI from other machines', () => {
  it('is decided by the setting alone without start options', () => {
    const off = { isShared: false, isLocalOnly: false, decidedBy: [], needsToken: false };
    expect(uiAccessOf({ host: '0.0.0.0', isShared: false })).toEqual(off);
    expect(uiAccessOf({ host: '0.0.0.0', isShared: true })).toEqual({ ...off, isShared: true });
  });

  it('is everyone who has a token that was given at start', () => {
    expect(uiAccessOf({ host: '::', uiToken: 'secret', uiViewerToken: 'look', isShared: true })).toEqual({
      isShared: true,
      isLocalOnly: false,
      decidedBy: ['--ui-token', '--ui-viewer-token'],
      needsToken: true,
    });
  });

  it.each(['127.0.0.1', '::1', 'localhost'])('is nobody when the hub listens on %s', (host) => {
    const access = uiAccessOf({ host, uiToken: 'secret', isShared: true });
    expect(access).toMatchObject({ isShared: false, isLocalOnly: true });
    expect(access.decidedBy).toEqual([`--host ${host}`, '--ui-token']);
  });
});
