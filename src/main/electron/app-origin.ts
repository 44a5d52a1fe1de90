import { app } from 'electron';

/** The scheme that serves the built renderer. It is `standard` and `secure`, so that it has its own origin. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'wirewatch';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/**
 * Where the UI is loaded from: `app://wirewatch`, or the development server named by `electron-vite dev`. An
 * installed app ignores the environment.
 */
export function uiOrigin(): string {
  const devServer = process.env['ELECTRON_RENDERER_URL'];
  if (app.isPackaged || devServer === undefined || !URL.canParse(devServer)) return APP_ORIGIN;
  return new URL(devServer).origin;
}

/** The UI's address; `route` is a hash such as `#/settings`. */
export function uiUrl(route = ''): string {
  return `${uiOrigin()}/index.html${route}`;
}

/** Whether a URL belongs to the UI. Compares text, because Node gives custom schemes an opaque origin. */
export function isUiUrl(url: string): boolean {
  return url.startsWith(`${uiOrigin()}/`);
}

/** Whether a URL is the one page that there is, with any hash. */
export function isUiPage(url: string): boolean {
  const [page = ''] = url.split(/[?#]/, 1);
  return page === uiUrl() || page === `${uiOrigin()}/`;
}
