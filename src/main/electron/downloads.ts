import { join } from 'node:path';
import { app, dialog, session, type DownloadItem, type Session } from 'electron';
import type { Logger } from '@shared/logger';
import { EXPORT_PATH } from './app-export';
import { APP_ORIGIN, uiOrigin } from './app-origin';

/**
 * Saves files that the UI itself made, such as exports, images of charts and boards, and refuses all others. The system
 * asks where to save them; if it cannot write the file, a message says so. Call it once the app is ready.
 */
export function setupDownloads(log: Logger, target: Session = session.defaultSession): void {
  target.on('will-download', (event, item) => {
    if (!isOwn(item.getURL())) {
      event.preventDefault();
      log.warn('refused a download', { url: item.getURL().slice(0, 200) });
      return;
    }
    const name = item.getFilename();
    item.setSaveDialogOptions({
      title: titleFor(item.getMimeType()),
      defaultPath: join(app.getPath('downloads'), name),
    });
    item.once('done', (_event, state) => {
      // After cancelling, the user needs no message.
      if (state === 'interrupted') tellUnsaved(log, item);
    });
  });
}

function isOwn(url: string): boolean {
  return (
    url.startsWith(`blob:${uiOrigin()}`) ||
    url.startsWith('data:') ||
    url.startsWith(`${APP_ORIGIN}${EXPORT_PATH}?`)
  );
}

function titleFor(mediaType: string): string {
  if (mediaType.startsWith('image/')) return 'Save image';
  return mediaType === 'application/json' ? 'Save board' : 'Save samples';
}

function tellUnsaved(log: Logger, item: DownloadItem): void {
  const path = item.getSavePath();
  log.error('A file could not be saved.', { code: 'DOWNLOAD_FAILED', path, bytes: item.getReceivedBytes() });
  void dialog.showMessageBox({
    type: 'error',
    title: 'Wirewatch',
    message: `“${item.getFilename()}” could not be saved`,
    detail:
      `The system did not let Wirewatch write ${path === '' ? 'the file' : path}. ` +
      'Choose another folder, or make room on the disk, and save it again.',
    buttons: ['OK'],
    noLink: true,
  });
}
