import type {
  ApprovedBy,
  ConnectionState,
  DeviceInfo,
  DeviceKind,
  HeadlineSeries,
  StateReason,
} from '@shared/model';
import type { DeviceKey } from './device-key';
import { StreamMarks } from './stream-marks';
import type { TokenBucket } from '../bounds/token-bucket';

/** What a device needs to know about each of its connections. */
export interface DeviceSession {
  readonly id: string;
  readonly address: string;
  /** Whether it is encrypted. */
  readonly isSecure: boolean;
  readonly openedAt: number;
  readonly lastFrameAt: number;
  readonly rttMs: number | null;
  readonly clockOffsetMs: number | null;
  readonly backlog: DeviceInfo['backlog'];
  /** `online`, `stale` or `pending`. */
  readonly state: ConnectionState;
  readonly reason: StateReason | null;
  /** Whether it can receive a key; simple devices cannot. */
  readonly takesKeys: boolean;
  /** Called when the approval of its device has changed. */
  admissionChanged(): void;
  /** Creates a new key for the device and sends it. */
  handKey(): void;
  /** Called when the sampling interval has changed. */
  intervalChanged(): void;
  close(code: number, reason: string): void;
  request(method: string, params: Record<string, unknown>): Promise<unknown>;
}

/** One device as the hub stores it. Its connections come and go; the device stays. */
export class Device {
  readonly id: string;
  ownName: string;
  chosenName: string | null = null;
  kind: DeviceKind = 'program';
  approval: DeviceInfo['approval'] = 'pending';
  approvedBy: ApprovedBy | null = null;
  /** The digits to compare while it waits. */
  code: string | null = null;
  /** Whether the digits were derived from an encrypted connection. */
  isCodeDerived = false;
  /** Its key. Once it has one, no client without the key is accepted as this device. */
  key: DeviceKey | null = null;
  /** The address that asked to join, and the only one it is accepted from while it has no key; null: any. */
  boundTo: string | null = null;
  /** The device that this entry claims to be from a different address. The claim waits for its own approval. */
  claims: string | null = null;
  /** The id of the join token it joined with. */
  joinedWith: string | null = null;
  /** Whether it was ever approved. It may then have samples, so it is not forgotten while it waits. */
  wasApproved = false;
  /** The budget for its samples per second, shared by all its connections, so that reconnecting gains nothing. */
  sampleBudget: TokenBucket | null = null;
  local = false;
  simple = false;
  os: string | null = null;
  arch: string | null = null;
  model: string | null = null;
  ownTags: string[] = [];
  chosenTags: string[] | null = null;
  agent: string | null = null;
  address: string | null = null;
  firstSeenAt: number;
  lastSeenAt: number | null = null;
  chosenIntervalMs: number | null = null;
  minIntervalMs = 0;
  /** The number of feeds that focus on this device now. */
  focusCount = 0;
  /** Why it is offline. */
  offlineReason: StateReason | null = null;
  headline: HeadlineSeries[] = [];
  seriesCount = 0;
  readonly sessions = new Set<DeviceSession>();
  readonly streams = new StreamMarks();
  /** When live connections were superseded, ms since the epoch; only the last minute. */
  supersededAt: number[] = [];

  constructor(id: string, name: string, now: number) {
    this.id = id;
    this.ownName = name;
    this.firstSeenAt = now;
  }

  get name(): string {
    return this.chosenName ?? (this.ownName || this.id);
  }

  get tags(): string[] {
    return this.chosenTags ?? this.ownTags;
  }

  /** The connection that represents the device: the one in the best state, and the newest of equals. */
  get mainSession(): DeviceSession | null {
    let best: DeviceSession | null = null;
    for (const session of this.sessions) {
      if (!best || session.state === 'online' || best.state !== 'online') best = session;
    }
    return best;
  }

  get state(): ConnectionState {
    if (this.approval === 'rejected' || this.approval === 'blocked') return 'rejected';
    if (this.approval === 'pending') return 'pending';
    return this.mainSession?.state ?? 'offline';
  }

  get reason(): StateReason | null {
    if (this.approval === 'rejected') return { code: 'REJECTED', text: 'You rejected this device.' };
    if (this.approval === 'blocked') return { code: 'BLOCKED', text: 'You blocked this device.' };
    if (this.approval === 'pending') {
      if (this.claims !== null) {
        const text = `It claims to be "${this.name}", which is known at another address. Approve it if that device has moved to this address.`;
        return { code: 'OTHER_ADDRESS', text };
      }
      if (this.boundTo === null) return { code: 'NOT_ASKED', text: 'It must ask to join again.' };
      return this.sessions.size > 0
        ? { code: 'PENDING_APPROVAL', text: 'It is waiting for your approval.' }
        : { code: 'LEFT', text: 'It asked to join and disconnected. You can still approve it.' };
    }
    return this.mainSession ? this.mainSession.reason : this.offlineReason;
  }

  info(intervalMs: number): DeviceInfo {
    const session = this.mainSession;
    return {
      id: this.id,
      name: this.name,
      ownName: this.ownName,
      kind: this.kind,
      state: this.state,
      reason: this.reason,
      approval: this.approval,
      approvedBy: this.approvedBy,
      code: this.approval === 'pending' ? this.code : null,
      keyIssuedAt: this.key?.issuedAt ?? null,
      secure: session?.isSecure ?? null,
      local: this.local,
      simple: this.simple,
      os: this.os,
      arch: this.arch,
      model: this.model,
      tags: this.tags,
      agent: this.agent,
      address: session?.address ?? this.address,
      session: session?.id ?? null,
      firstSeenAt: this.firstSeenAt,
      connectedAt: session?.openedAt ?? null,
      lastSeenAt: session?.lastFrameAt ?? this.lastSeenAt,
      rttMs: session?.rttMs ?? null,
      clockOffsetMs: session?.clockOffsetMs ?? null,
      chosenIntervalMs: this.chosenIntervalMs,
      intervalMs,
      seriesCount: this.seriesCount,
      headline: this.headline,
      backlog: session?.backlog ?? null,
    };
  }
}
