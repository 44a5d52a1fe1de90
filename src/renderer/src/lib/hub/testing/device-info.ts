import type { DeviceInfo } from '@shared/model';

/** Creates an approved, connected computer with few details, for tests. */
export function deviceInfo(patch: Partial<DeviceInfo> = {}): DeviceInfo {
  return {
    id: '',
    name: '',
    ownName: '',
    kind: 'computer',
    state: 'online',
    reason: null,
    approval: 'approved',
    approvedBy: 'user',
    code: null,
    keyIssuedAt: null,
    secure: null,
    local: false,
    simple: false,
    os: null,
    arch: null,
    model: null,
    tags: [],
    agent: null,
    address: null,
    session: null,
    firstSeenAt: 0,
    connectedAt: null,
    lastSeenAt: null,
    rttMs: null,
    clockOffsetMs: null,
    chosenIntervalMs: null,
    intervalMs: 1_000,
    seriesCount: 0,
    seriesRevision: 0,
    headline: [],
    backlog: null,
    ...patch,
  };
}
