import type { HubInfo, RefusedCounts, UiRole } from '../model';
import { topic, viewerCommand } from './command';
import { nothing } from './schemas';

/** The hub itself, and who asks it. */
export const hubCommands = {
  getHub: viewerCommand(nothing).returns<HubInfo>(),
  getRefused: viewerCommand(nothing).returns<RefusedCounts>(),
  /** Who asks, and what they may do. */
  getCaller: viewerCommand(nothing).returns<{ role: UiRole; from: string }>(),
};

export const hubTopics = {
  /** This hub's facts. */
  hub: topic(nothing).sends<HubInfo>(),
};
