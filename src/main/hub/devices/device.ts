import type {
  Approval,
  ApprovedBy,
  ConnectionState,
  DeviceInfo,
  DeviceKind,
  HeadlineSeries,
  StateReason,
} from '@shared/model';
import type { TokenBucket } from '@shared/token-bucket';
import { Askers } from './askers';
import { Drops } from './drops';
import { isUntaken, takeKey, type DeviceKey } from './device-key';
import {
  NEWCOMER,
  NO_CHOICES,
  UNDESCRIBED,
  type DeviceChoices,
  type DeviceDescription,
  type KnownDevice,
  type Standing,
} from './known-device';
import { bestOf, isSession, type DeviceSession, type Presence } from './presence';
import { StateTexts } from './state-texts';
import { StreamMarks } from './stream-marks';
import { Takeovers } from './takeovers';

/**
 * One device as the hub keeps it. Its presences come and go; it stays. Its fields are to be read; what may become of it
 * are its methods.
 */
export class Device {
  readonly id: string;
  readonly streams = new StreamMarks();
  readonly takeovers = new Takeovers();
  readonly askers = new Askers();
  readonly drops = new Drops();
  readonly states = new StateTexts();
  #standing: Standing;
  #description: DeviceDescription;
  #choices: DeviceChoices;
  #local: boolean;
  #firstSeenAt: number;
  #lastSeenAt: number | null;
  /** Whether the hub has met it before this run. */
  readonly #wasKnown: boolean;
  /** Whether it was heard of in this run, by a clock that may have been wrong in another one. */
  #wasSeen = false;
  #offlineReason: StateReason | null = null;
  #seriesCount = 0;
  #seriesRevision = 0;
  #headline: HeadlineSeries[] = [];
  #sampleBudget: TokenBucket | null = null;
  readonly #presences = new Set<Presence>();

  /** `name` is its own; `now` is when it was first seen, ms since the epoch. */
  constructor(id: string, name: string, now: number, known?: KnownDevice) {
    this.id = id;
    this.#firstSeenAt = now;
    this.#wasKnown = known !== undefined;
    this.#standing = known?.standing ?? NEWCOMER;
    this.#description = known?.description ?? { ...UNDESCRIBED, ownName: name };
    this.#choices = known?.choices ?? NO_CHOICES;
    this.#local = known?.local ?? false;
    this.#lastSeenAt = known?.lastSeenAt ?? null;
  }

  get standing(): Standing {
    return this.#standing;
  }

  get approval(): Approval {
    return this.#standing.approval;
  }

  get approvedBy(): ApprovedBy | null {
    return this.#standing.approvedBy;
  }

  /** The digits to show: those of the agent that has waited longest, else of the simple device, else of who left. */
  get code(): string | null {
    return this.shownAgent?.code ?? this.ownCode ?? this.askers.left?.code ?? null;
  }

  /** The digits of a simple device, which belong to it and not to one of its connections. */
  get ownCode(): string | null {
    return this.#standing.code;
  }

  /** The agents, which can be handed a key, that are there as this device. */
  get agents(): DeviceSession[] {
    return this.sessions.filter(({ takesKeys }) => takesKeys);
  }

  /** The agent whose digits are shown. */
  get shownAgent(): DeviceSession | null {
    const { agents } = this;
    return agents.find(({ code }) => code !== null) ?? agents[0] ?? null;
  }

  get key(): DeviceKey | null {
    return this.#standing.key;
  }

  get boundTo(): string | null {
    return this.#standing.boundTo;
  }

  get claims(): string | null {
    return this.#standing.claims;
  }

  get joinedWith(): string | null {
    return this.#standing.joinedWith;
  }

  get wasApproved(): boolean {
    return this.#standing.wasApproved;
  }

  get description(): DeviceDescription {
    return this.#description;
  }

  get choices(): DeviceChoices {
    return this.#choices;
  }

  get name(): string {
    return this.#choices.name ?? (this.#description.ownName || this.id);
  }

  get tags(): readonly string[] {
    return this.#choices.tags ?? this.#description.ownTags;
  }

  get kind(): DeviceKind {
    return this.#description.kind;
  }

  get simple(): boolean {
    return this.#description.simple;
  }

  /** Whether it is this very computer. */
  get local(): boolean {
    return this.#local;
  }

  get firstSeenAt(): number {
    return this.#firstSeenAt;
  }

  /** When it was last heard of, ms since the epoch. */
  get lastSeenAt(): number | null {
    if (!this.isPresent) return this.#lastSeenAt;
    let latest = this.#wasSeen ? this.#lastSeenAt : null;
    for (const { lastHeardAt } of this.#presences) latest = Math.max(latest ?? 0, lastHeardAt);
    return latest;
  }

  get headline(): readonly HeadlineSeries[] {
    return this.#headline;
  }

  /** Changes whenever its series or their units do. */
  get seriesRevision(): number {
    return this.#seriesRevision;
  }

  /** A copy: ending one takes it away from the device. */
  get presences(): Presence[] {
    return [...this.#presences];
  }

  /** The presences that are connections; a copy too. */
  get sessions(): DeviceSession[] {
    return this.presences.filter(isSession);
  }

  get isPresent(): boolean {
    return this.#presences.size > 0;
  }

  /** The presence that speaks for the device. */
  get mainPresence(): Presence | null {
    return bestOf(this.#presences);
  }

  /** The connection that the device is asked over. */
  get mainSession(): DeviceSession | null {
    return bestOf(this.sessions);
  }

  get state(): ConnectionState {
    if (this.approval === 'rejected' || this.approval === 'blocked') return 'rejected';
    if (this.approval === 'pending') return 'pending';
    return this.mainPresence?.state ?? 'offline';
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
      return this.isPresent
        ? { code: 'PENDING_APPROVAL', text: 'It is waiting for your approval.' }
        : { code: 'LEFT', text: 'It asked to join and disconnected. You can still approve it.' };
    }
    const presence = this.mainPresence;
    return presence ? presence.reason : this.#offlineReason;
  }

  /** Lets it in; from now on it is known from `boundTo` while it has no key. */
  approve(by: ApprovedBy, boundTo: string | null = this.boundTo): void {
    this.#stand({ approval: 'approved', approvedBy: by, boundTo, wasApproved: true, code: null });
  }

  /** The join token that let it in. */
  joinWith(token: string): void {
    this.#stand({ joinedWith: token });
  }

  /** The user's word takes the place of a policy's or an import's. */
  vouchFor(): void {
    if (this.approvedBy === 'open' || this.approvedBy === 'import') this.#stand({ approvedBy: 'user' });
  }

  reject(): void {
    this.#stand({ approval: 'rejected', approvedBy: null, code: null });
  }

  /** Turns it, and new devices from `address`, away without a word. */
  block(address: string | null): void {
    this.#stand({ approval: 'blocked', approvedBy: null, key: null, code: null, boundTo: address });
  }

  /** It may ask again. */
  unblock(): void {
    this.#stand({ approval: 'pending', boundTo: null });
  }

  /** Ends its approval and its key: it has to ask again. */
  revoke(): void {
    this.#stand({ approval: 'pending', approvedBy: null, key: null, boundTo: null, joinedWith: null });
  }

  /** It asks from `address`. A simple device shows the digits `code`; an agent has its own, see {@link agents}. */
  wait(address: string, code: string | null = this.ownCode, isDerived = false): void {
    this.#stand({
      approval: 'pending',
      approvedBy: null,
      boundTo: address,
      code,
      isCodeDerived: isDerived,
    });
  }

  /** It says it is `other`: whatever it calls itself, it is shown by the name of that. */
  claim(other: Device): void {
    const { kind, simple } = other;
    this.#stand({ claims: other.id });
    this.#choices = { ...this.#choices, name: other.name };
    this.describe({ kind, simple });
  }

  /** Its wish to join, in words for its events. */
  requestText(address: string): string {
    return this.claims === null
      ? `It asks to join from ${address}.`
      : `Says at ${address} that it is "${this.name}".`;
  }

  bindTo(address: string): void {
    this.#stand({ boundTo: address });
  }

  giveKey(key: DeviceKey): void {
    this.#stand({ key });
  }

  /** Nobody is known to have its key, which was for somebody else. */
  forgetUntakenKey(): void {
    if (this.key && isUntaken(this.key)) this.#stand({ key: null });
  }

  /** It has shown or confirmed its key: no earlier one is good any more. */
  keyTaken(): void {
    if (this.key) this.#stand({ key: takeKey(this.key) });
  }

  /** Back to how it stood, since what was decided could not be saved. */
  standAgain(standing: Standing): void {
    this.#standing = standing;
  }

  /** Back to what was chosen before, since that could not be saved. */
  chooseAgain(choices: DeviceChoices): void {
    this.#choices = choices;
  }

  /** What is kept of it was changed by another hub. */
  become(other: Device): void {
    this.#standing = other.standing;
    this.#description = other.description;
    this.#choices = other.choices;
  }

  /** History knows samples of it: it was let in at some time. */
  recover(): void {
    this.#stand({ wasApproved: true });
  }

  describe(description: Partial<DeviceDescription>): void {
    this.#description = { ...this.#description, ...description };
  }

  /** An empty name, or its own, goes back to its own. */
  rename(name: string): void {
    const isOwn = name === '' || name === this.#description.ownName;
    this.#choices = { ...this.#choices, name: isOwn ? null : name };
  }

  tag(tags: readonly string[]): void {
    this.#choices = { ...this.#choices, tags: [...new Set(tags)] };
  }

  /** Null follows the hub's setting. */
  chooseInterval(intervalMs: number | null): void {
    this.#choices = { ...this.#choices, intervalMs };
  }

  /** The unit of a series, by its key; null goes back to the series' own. */
  chooseUnit(key: string, unit: string | null): void {
    const units = new Map(this.#choices.units);
    if (unit === null) units.delete(key);
    else units.set(key, unit);
    this.#choices = { ...this.#choices, units };
  }

  setLocal(isLocal: boolean): void {
    this.#local = isLocal;
  }

  summarise(seriesCount: number, headline: HeadlineSeries[]): void {
    this.#seriesCount = seriesCount;
    this.#seriesRevision++;
    this.#headline = headline;
  }

  join(presence: Presence): void {
    this.#presences.add(presence);
  }

  /** `reason` is why it is offline, once no other presence is left. False when it was not there. */
  leave(presence: Presence, reason: StateReason): boolean {
    if (!this.#presences.delete(presence)) return false;
    if (this.approval === 'pending' && isSession(presence) && presence.takesKeys) this.askers.leave(presence);
    this.#lastSeenAt = Math.max(this.#wasSeen ? (this.#lastSeenAt ?? 0) : 0, presence.lastHeardAt);
    this.#wasSeen = true;
    this.#offlineReason = reason;
    return true;
  }

  /** The hub's clock was set by this much, forward or back when negative: it was wrong when the device was seen. */
  clockSet(stepMs: number): void {
    if (!this.#wasKnown) this.#firstSeenAt += stepMs;
    if (this.#wasSeen && this.#lastSeenAt !== null) this.#lastSeenAt += stepMs;
  }

  /** Says why a device is offline that was never there in this run of the hub. */
  explainAbsence(reason: StateReason): void {
    this.#offlineReason = reason;
  }

  /** Ends all of its presences. */
  close(code: number, reason: string): void {
    for (const presence of this.presences) presence.close(code, reason);
  }

  /** What its samples a second are taken from, over all its presences: coming again is no way to more. */
  sampleBudget(create: () => TokenBucket): TokenBucket {
    return (this.#sampleBudget ??= create());
  }

  info(intervalMs: number): DeviceInfo {
    const presence = this.mainPresence;
    const session = this.mainSession;
    const { ownName, kind, simple, os, arch, model, agent, address } = this.#description;
    return {
      id: this.id,
      name: this.name,
      ownName,
      kind,
      state: this.state,
      reason: this.reason,
      approval: this.approval,
      approvedBy: this.approvedBy,
      code: this.approval === 'pending' ? this.code : null,
      keyIssuedAt: this.key?.issuedAt ?? null,
      secure: presence?.isSecure ?? null,
      local: this.local,
      simple,
      os,
      arch,
      model,
      tags: [...this.tags],
      agent,
      address: presence?.address ?? address,
      session: session?.id ?? null,
      firstSeenAt: this.firstSeenAt,
      connectedAt: presence?.openedAt ?? null,
      lastSeenAt: this.lastSeenAt,
      rttMs: session?.rttMs ?? null,
      clockOffsetMs: session?.clockOffsetMs ?? null,
      chosenIntervalMs: this.#choices.intervalMs,
      intervalMs,
      seriesCount: this.#seriesCount,
      seriesRevision: this.#seriesRevision,
      headline: this.#headline,
      backlog: session?.backlog ?? null,
      drops: this.drops.summary,
    };
  }

  #stand(change: Partial<Standing>): void {
    this.#standing = { ...this.#standing, ...change };
  }
}
