import type { DeviceInfo } from '@shared/model';

/**
 * One device as the hub last described it. Every property is reactive, and a change affects only readers of
 * this device.
 */
export class Device implements DeviceInfo {
  readonly id: string;
  #info: DeviceInfo;

  constructor(info: DeviceInfo) {
    this.id = info.id;
    this.#info = $state.raw(info);
  }

  /** The whole record; a new object with every change. */
  get info(): DeviceInfo {
    return this.#info;
  }

  set info(info: DeviceInfo) {
    this.#info = info;
  }

  get name() {
    return this.#info.name;
  }
  get ownName() {
    return this.#info.ownName;
  }
  get kind() {
    return this.#info.kind;
  }
  get state() {
    return this.#info.state;
  }
  get reason() {
    return this.#info.reason;
  }
  get approval() {
    return this.#info.approval;
  }
  get approvedBy() {
    return this.#info.approvedBy;
  }
  get code() {
    return this.#info.code;
  }
  get keyIssuedAt() {
    return this.#info.keyIssuedAt;
  }
  get secure() {
    return this.#info.secure;
  }
  get local() {
    return this.#info.local;
  }
  get simple() {
    return this.#info.simple;
  }
  get os() {
    return this.#info.os;
  }
  get arch() {
    return this.#info.arch;
  }
  get model() {
    return this.#info.model;
  }
  get tags() {
    return this.#info.tags;
  }
  get agent() {
    return this.#info.agent;
  }
  get address() {
    return this.#info.address;
  }
  get session() {
    return this.#info.session;
  }
  get firstSeenAt() {
    return this.#info.firstSeenAt;
  }
  get connectedAt() {
    return this.#info.connectedAt;
  }
  get lastSeenAt() {
    return this.#info.lastSeenAt;
  }
  get rttMs() {
    return this.#info.rttMs;
  }
  get clockOffsetMs() {
    return this.#info.clockOffsetMs;
  }
  get chosenIntervalMs() {
    return this.#info.chosenIntervalMs;
  }
  get intervalMs() {
    return this.#info.intervalMs;
  }
  get seriesCount() {
    return this.#info.seriesCount;
  }
  get seriesRevision() {
    return this.#info.seriesRevision;
  }
  get headline() {
    return this.#info.headline;
  }
  get backlog() {
    return this.#info.backlog;
  }
  get drops() {
    return this.#info.drops;
  }
}
