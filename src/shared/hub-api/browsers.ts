import * as v from 'valibot';
import type { BrowserInfo } from '../model';
import { adminCommand } from './command';
import { nothing } from './schemas';

/** The browsers that use this UI. The layer that serves them carries these out; a hub without it has none of them. */
export const browserCommands = {
  /**
   * A link, good once and for ten minutes, that opens this UI on another machine. `page` is where the asking browser has
   * the UI open: behind a proxy, no other address leads to it.
   */
  createUiLink: adminCommand(
    v.object({
      role: v.optional(v.picklist(['viewer', 'admin']), 'admin'),
      page: v.optional(v.pipe(v.string(), v.maxLength(512), v.url())),
    }),
  ).returns<{ urls: string[]; expiresAt: number }>(),
  listBrowsers: adminCommand(nothing).returns<BrowserInfo[]>(),
  /** Signs a browser out and closes its UIs. */
  revokeBrowser: adminCommand(v.object({ browser: v.pipe(v.string(), v.maxLength(64)) })).returns<null>(),
};
