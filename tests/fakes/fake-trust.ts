import { FaultError } from '@shared/errors';
import type { CommandName } from '@shared/hub-api';
import type { BrowserInfo, DeviceInfo, EventInfo, JoinToken, UiRole } from '@shared/model';
import { noise } from './fake-signals';

/** The parts of a fake hub that its decisions about devices and users need. */
export interface TrustedHub {
  role: UiRole;
  device(id: unknown): DeviceInfo;
  change(id: string, patch: Partial<DeviceInfo>): void;
  forget(id: string): void;
  note(device: string, kind: EventInfo['kind'], level: EventInfo['level'], text: string): void;
}

type Command = (params: Record<string, unknown>) => unknown;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1';
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:151.0) Gecko/20100101 Firefox/151.0';

/** Returns the digits of device number `index`. */
export function fakeCode(index: number): string {
  return String(100_000 + Math.floor(noise(index, 31) * 900_000));
}

/** Makes a pending device from one that reports. */
export function pendingPatch(info: DeviceInfo, index: number, now: number): Partial<DeviceInfo> {
  return {
    state: 'pending',
    approval: 'pending',
    approvedBy: null,
    code: info.simple && index % 2 ? null : fakeCode(index),
    keyIssuedAt: null,
    reason: null,
    headline: [],
    seriesCount: 0,
    connectedAt: now - index * 9_000,
    firstSeenAt: now - index * 9_000,
  };
}

/** Creates the commands that admit devices and browsers, with state of their own. */
export function createFakeTrust(hub: TrustedHub, now: number): Partial<Record<CommandName, Command>> {
  let nextId = 4;
  let tokens: JoinToken[] = [
    token('1', 'Lab sensors', {
      createdAt: now - 2 * DAY_MS,
      expiresAt: now + 5 * DAY_MS,
      maxUses: 10,
      uses: 4,
    }),
    token('2', 'CI runners', { createdAt: now - 40 * DAY_MS, lastUsedAt: now - 3 * DAY_MS, uses: 17 }),
    token('3', 'Workshop day', { createdAt: now - 9 * DAY_MS, expiresAt: now - 8 * DAY_MS, maxUses: 1 }),
  ];
  let browsers: BrowserInfo[] = [
    browser('a', 'admin', '127.0.0.1', CHROME, { current: true, open: 1, lastSeenAt: now }),
    browser('b', 'viewer', '192.168.1.77', SAFARI, { lastSeenAt: now - 3 * MINUTE_MS, open: 1 }),
    browser('c', 'admin', '192.168.1.31', FIREFOX, { lastSeenAt: now - 2 * DAY_MS }),
  ];

  function token(id: string, name: string, rest: Partial<JoinToken>): JoinToken {
    return {
      id,
      name,
      createdAt: now,
      expiresAt: null,
      maxUses: null,
      uses: 0,
      lastUsedAt: rest.uses ? now - 90 * MINUTE_MS : null,
      ...rest,
    };
  }

  function browser(
    id: string,
    role: UiRole,
    address: string,
    userAgent: string,
    rest: Partial<BrowserInfo>,
  ): BrowserInfo {
    return {
      id,
      role,
      address,
      userAgent,
      signedInAt: now - 6 * DAY_MS,
      lastSeenAt: now,
      open: 0,
      current: false,
      ...rest,
    };
  }

  const approved: Partial<DeviceInfo> = {
    approval: 'approved',
    approvedBy: 'user',
    state: 'online',
    code: null,
  };

  return {
    getCaller: () => ({ role: hub.role, from: '127.0.0.1' }),
    approveDevice: ({ device }) => {
      const { id, simple } = hub.device(device);
      hub.change(id, { ...approved, keyIssuedAt: simple ? null : Date.now() });
      hub.note(id, 'approved', 'info', 'You approved it.');
    },
    rejectDevice: ({ device }) => {
      const { id } = hub.device(device);
      hub.change(id, { approval: 'rejected', state: 'rejected', code: null, session: null, secure: null });
      hub.note(id, 'rejected', 'warning', 'You rejected it.');
    },
    blockDevice: ({ device }) => {
      const { id } = hub.device(device);
      const gone = { session: null, secure: null, code: null, keyIssuedAt: null, connectedAt: null };
      hub.change(id, {
        ...gone,
        approval: 'blocked',
        approvedBy: null,
        state: 'rejected',
        lastSeenAt: Date.now(),
      });
      hub.note(id, 'blocked', 'warning', 'You blocked it.');
    },
    unblockDevice: ({ device }) => {
      if (hub.device(device).approval !== 'blocked')
        throw new FaultError('NOT_BLOCKED', 'It is not blocked.');
      hub.forget(String(device));
    },
    issueDeviceKey: ({ device }) => {
      const { id, simple, session } = hub.device(device);
      hub.change(id, { keyIssuedAt: Date.now() });
      return { key: simple || session === null ? 'wwk_QmVmb3JlIGFueXRoaW5nIGVsc2Ugd2Ugc2hvdw' : null };
    },
    revokeDeviceKey: ({ device }) => {
      const { id } = hub.device(device);
      hub.change(id, {
        ...pendingPatch(hub.device(device), Number(id.slice(5)), Date.now()),
        firstSeenAt: Date.now(),
      });
    },
    listJoinTokens: () => tokens,
    createJoinToken: ({ name, lifetimeMs, maxUses }) => {
      const createdAt = Date.now();
      const made = token(String(nextId++), String(name), {
        createdAt,
        expiresAt: lifetimeMs === null ? null : createdAt + Number(lifetimeMs),
        maxUses: maxUses as number | null,
      });
      tokens = [made, ...tokens];
      return { token: made, secret: 'wwt_8Jm2vQxK4nTz9RbLc7WdYp3HsGf6Ea1u' };
    },
    revokeJoinToken: ({ token: id }) => {
      tokens = tokens.filter((one) => one.id !== id);
    },
    listBrowsers: () => browsers,
    revokeBrowser: ({ browser: id }) => {
      browsers = browsers.filter((one) => one.id !== id);
    },
    createUiLink: ({ role }) => ({
      urls: [`http://192.168.1.20:7411/#code=${role === 'viewer' ? 'V3RT-61KD' : 'K7Q2-9FXM'}`],
      expiresAt: Date.now() + 10 * MINUTE_MS,
    }),
    getRefused: () => ({
      4001: 2,
      4006: 1,
      WRONG_KEY: 4,
      HOST_NOT_ALLOWED: 31,
      TOO_MANY_UNAUTHENTICATED: 210,
      NOT_JSON: 3,
      SOMETHING_NEW: 1,
    }),
  };
}
