import * as v from 'valibot';
import type { HubInfo, RefusalInfo, RefusedCounts, UiRole } from '../model';
import { topic, viewerCommand } from './command';
import { nothing } from './schemas';

/** Commands about the hub itself and its caller. */
export const hubCommands = {
  getHub: viewerCommand(nothing).returns<HubInfo>(),
  getRefused: viewerCommand(nothing).returns<RefusedCounts>(),
  /** The clients last refused with this code, latest first; at most `refusalsKept`. */
  listRefusals: viewerCommand(v.object({ code: v.pipe(v.string(), v.maxLength(64)) })).returns<
    RefusalInfo[]
  >(),
  /** The role of the caller, and where the call comes from. */
  getCaller: viewerCommand(nothing).returns<{ role: UiRole; from: string }>(),
};

export const hubTopics = {
  /** Facts about this hub. */
  hub: topic(nothing).sends<HubInfo>(),
};
