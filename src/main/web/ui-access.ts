import type { UiAccess } from '@shared/model';
import { isLoopback } from '../hub/bounds/peer-address';

export interface UiAccessFacts {
  /** The address that the hub listens on. */
  host: string;
  uiToken?: string | null | undefined;
  uiViewerToken?: string | null | undefined;
  /** Whether the hub answers other machines, if they reach it. */
  isShared: boolean;
}

/**
 * Returns who can open the UI from other machines, and the start options that decide it whatever the setting is.
 * `--share-ui` is not among them: it only gives the setting its first value.
 */
export function uiAccessOf({ host, uiToken, uiViewerToken, isShared }: UiAccessFacts): UiAccess {
  const isLocalOnly = host === 'localhost' || isLoopback(host);
  const hasToken = typeof uiToken === 'string';
  const decidedBy = [
    ...(isLocalOnly ? [`--host ${host}`] : []),
    ...(hasToken ? ['--ui-token'] : []),
    ...(typeof uiViewerToken === 'string' ? ['--ui-viewer-token'] : []),
  ];
  return { isShared: isShared && !isLocalOnly, isLocalOnly, decidedBy, needsToken: hasToken };
}
