import type { HubApi, LinkState } from '@shared/hub-api';
import type { DeviceInfo, HubInfo, UiRole } from '@shared/model';

export interface FakeHubOptions {
  devices?: number;
  /** Devices that wait for approval, besides. */
  pending?: number;
  /** `memory`: a hub without history. */
  store?: HubInfo['store'];
  /** Why history is not kept as it should be. */
  storeProblem?: HubInfo['storeProblem'];
  /** Makes every query take this long, ms. */
  slowMs?: number;
  /** What the caller may do. */
  role?: UiRole;
  /** Why there is no TLS, or no discovery, though there should be. */
  broken?: boolean;
}

export interface FakeHub extends HubApi {
  /** Changes a device and tells subscribers. */
  changeDevice(id: string, patch: Partial<DeviceInfo>): void;
  /** Ends the link and opens it again with a new boot id and new series ids. */
  restart(): void;
  setLink(state: LinkState): void;
  /** Lets another unknown device connect. */
  arrive(): void;
  /** Lets somebody claim to be a device without its key. */
  impersonate(id: string): void;
  /** The series that open feeds want now. */
  readonly followed: number;
  readonly focused: readonly string[];
  dispose(): void;
}
