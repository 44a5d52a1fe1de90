import type { HubApi, LinkState } from '@shared/hub-api';
import type { DeviceInfo, HubInfo, UiRole } from '@shared/model';

export interface FakeHubOptions {
  devices?: number;
  /** The number of additional devices that wait for approval. */
  pending?: number;
  /** `memory`: a hub without history. */
  store?: HubInfo['store'];
  /** The reason why history is not stored on disk. */
  storeProblem?: HubInfo['storeProblem'];
  /** Makes every query take this long, ms. */
  slowMs?: number;
  /** The role of the caller. */
  role?: UiRole;
  /** Whether TLS and discovery have failed although they are turned on. */
  broken?: boolean;
}

export interface FakeHub extends HubApi {
  /** Changes a device and notifies subscribers. */
  changeDevice(id: string, patch: Partial<DeviceInfo>): void;
  /** Closes the link and opens it again with a new boot id and new series ids. */
  restart(): void;
  setLink(state: LinkState): void;
  /** Connects another unknown device. */
  arrive(): void;
  /** Makes a client claim to be a device without having its key. */
  impersonate(id: string): void;
  /** The number of series that open feeds currently request. */
  readonly followed: number;
  readonly focused: readonly string[];
  dispose(): void;
}
