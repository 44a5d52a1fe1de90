import { app, session, type Session, type WebContents } from 'electron';
import { systemClock, type Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import { isUiPage, isUiUrl, uiOrigin } from './app-origin';
import { openExternal } from './external-links';
import { LimitedLog } from './limited-log';

/** Process-wide hardening, before the app is ready: sandboxes every renderer and restricts every page. */
export function setupSecurity(log: Logger, clock: Pick<Clock, 'monotonic'> = systemClock): void {
  const refusals = new LimitedLog(log, clock);
  app.enableSandbox();
  app.on('web-contents-created', (_event, contents) => fenceContents(contents, refusals, log));
}

/** Restricts permissions and requests of the only session, once the app is ready. */
export function setupSession(
  log: Logger,
  target: Session = session.defaultSession,
  clock: Pick<Clock, 'monotonic'> = systemClock,
): void {
  const refusals = new LimitedLog(log, clock);
  target.setPermissionRequestHandler((contents, permission, callback, details) => {
    const allowed =
      details.isMainFrame && isUiUrl(details.requestingUrl) && isHarmless(permission) && isUi(contents);
    if (!allowed) refusals.warn('refused a permission', { permission });
    callback(allowed);
  });
  target.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin) =>
      isHarmless(permission) && withoutSlash(requestingOrigin) === uiOrigin(),
  );
  target.setDevicePermissionHandler(() => false);

  // The UI reaches the hub only over IPC, so a page that takes it over still has no network access.
  target.webRequest.onBeforeRequest((details, callback) => {
    const allowed = isAllowedRequest(details.url);
    if (!allowed) refusals.warn('refused a request', { url: details.url.slice(0, 200) });
    callback({ cancel: !allowed });
  });
}

/**
 * All permissions the UI needs: copying text the user clicked on, and a board in full screen that keeps the display
 * on. Reading the clipboard stays refused.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'clipboard-sanitized-write',
  'fullscreen',
  'screen-wake-lock',
]);

function isHarmless(permission: string): boolean {
  return HARMLESS.has(permission);
}

function isUi(contents: WebContents | null): boolean {
  return contents !== null && isUiUrl(contents.getURL());
}

function withoutSlash(origin: string): string {
  return origin.endsWith('/') ? origin.slice(0, -1) : origin;
}

function isAllowedRequest(url: string): boolean {
  if (isUiUrl(url) || /^(?:data|blob|devtools):/.test(url)) return true;
  const origin = uiOrigin();
  return origin.startsWith('http:') && url.startsWith(`${origin.replace('http:', 'ws:')}/`);
}

function fenceContents(contents: WebContents, refusals: LimitedLog, log: Logger): void {
  const fence = (event: { preventDefault: () => void; url: string }): void => {
    if (isUiPage(event.url)) return;
    event.preventDefault();
    refusals.warn('refused a navigation', { url: event.url.slice(0, 200) });
  };
  contents.on('will-navigate', fence);
  contents.on('will-frame-navigate', (event) => {
    // The UI has no frames, so something else must have inserted a frame that navigates.
    if (event.isMainFrame) fence(event);
    else event.preventDefault();
  });
  contents.on('will-redirect', fence);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(url, log);
    return { action: 'deny' };
  });
}
