import * as v from 'valibot';
import type { BrowserInfo } from '../model';
import { adminCommand } from './command';
import { nothing } from './schemas';

/**
 * Commands for the browsers that use this UI. The layer that serves the UI implements them; a hub without it does not
 * have them.
 */
export const browserCommands = {
  /**
   * Creates a link that opens this UI on another machine. It works once, within ten minutes. `page` is the address at
   * which the asking browser has the UI open: behind a proxy, only that address works.
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
