import { app, session, type Session, type WebContents } from 'electron';
import type { Logger } from '@shared/logger';
import { EXPORT_PATH } from './app-export';
import { APP_ORIGIN, isUiUrl, uiOrigin } from './app-origin';
import { openExternal } from './external-links';

/** Process-wide hardening, before the app is ready: sandboxes every renderer and restricts every page. */
export function setupSecurity(log: Logger): void {
  app.enableSandbox();
  app.on('web-contents-created', (_event, contents) => fenceContents(contents, log));
}

/** Restricts permissions and requests of the only session, once the app is ready. */
export function setupSession(log: Logger, target: Session = session.defaultSession): void {
  target.setPermissionRequestHandler((contents, permission, callback, details) => {
    const allowed =
      details.isMainFrame && isUiUrl(details.requestingUrl) && isHarmless(permission) && isUi(contents);
    if (!allowed) log.warn('refused a permission', { permission });
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
    if (!allowed) log.warn('refused a request', { url: details.url.slice(0, 200) });
    callback({ cancel: !allowed });
  });
  target.on('will-download', (event, item) => {
    const url = item.getURL();
    const isOwn = url.startsWith(`blob:${uiOrigin()}`) || url.startsWith('data:') || isExport(url);
    if (!isOwn) event.preventDefault();
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

function isExport(url: string): boolean {
  return url.startsWith(`${APP_ORIGIN}${EXPORT_PATH}?`);
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

function fenceContents(contents: WebContents, log: Logger): void {
  const fence = (event: { preventDefault: () => void; url: string }): void => {
    if (isUiUrl(event.url)) return;
    event.preventDefault();
    log.warn('refused a navigation', { url: event.url.slice(0, 200) });
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
