import * as v from 'valibot';
import type { HubInfo, RefusalInfo, RefusedCounts, UiRole } from '../model';
import { topic, viewerCommand } from './command';
import { nothing } from './schemas';

/** The hub itself, and who asks it. */
export const hubCommands = {
  getHub: viewerCommand(nothing).returns<HubInfo>(),
  getRefused: viewerCommand(nothing).returns<RefusedCounts>(),
  /** Who was refused last with this code, the latest first; at most `refusalsKept`. */
  listRefusals: viewerCommand(v.object({ code: v.pipe(v.string(), v.maxLength(64)) })).returns<
    RefusalInfo[]
  >(),
  /** Who asks, and what they may do. */
  getCaller: viewerCommand(nothing).returns<{ role: UiRole; from: string }>(),
};

export const hubTopics = {
  /** This hub's facts. */
  hub: topic(nothing).sends<HubInfo>(),
};
