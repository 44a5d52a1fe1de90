import { app, dialog, type BrowserWindow } from 'electron';
import type { Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';

const MAX_RELOADS = 3;
const WITHIN_MS = 60_000;

/**
 * Reloads a crashed UI, at most three times a minute. After that, or if the process cannot start at all, the user
 * decides. The hub is in another process and keeps running.
 */
export function setupWindowRecovery(window: BrowserWindow, log: Logger, clock: Clock): void {
  let reloads: number[] = [];
  let hanging: AbortController | null = null;

  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    hanging?.abort();
    if (reason === 'clean-exit') return;
    log.error('the window crashed', { code: 'RENDERER_GONE', reason, exitCode });
    const now = clock.monotonic();
    reloads = reloads.filter((at) => now - at < WITHIN_MS);
    const hopeless = reason === 'launch-failed' || reason === 'integrity-failure';
    if (!hopeless && reloads.length < MAX_RELOADS) {
      reloads.push(now);
      window.webContents.reload();
      return;
    }
    reloads = [];
    void ask(window, {
      message: 'The Wirewatch window keeps crashing',
      detail: `Devices are still being watched. Reason: ${reason}.`,
      buttons: ['Try again', 'Quit Wirewatch'],
    }).then((answer) => {
      if (answer === 1) app.quit();
      else if (!window.isDestroyed()) window.webContents.reload();
    });
  });

  window.on('unresponsive', () => {
    if (hanging) return;
    const controller = new AbortController();
    hanging = controller;
    log.warn('the window does not respond');
    void ask(window, {
      message: 'The Wirewatch window does not respond',
      detail: 'Devices are still being watched. You can wait for the window or reload it.',
      buttons: ['Wait', 'Reload'],
      signal: controller.signal,
    }).then((answer) => {
      if (hanging === controller) hanging = null;
      if (answer !== 1 || controller.signal.aborted || window.isDestroyed()) return;
      // A hung page cannot reload, so its process is killed, and the handler above reloads the page.
      window.webContents.forcefullyCrashRenderer();
    });
  });
  window.on('responsive', () => {
    hanging?.abort();
    hanging = null;
  });
}

interface Question {
  message: string;
  detail: string;
  buttons: string[];
  signal?: AbortSignal;
}

/** Index of the chosen button; 0 if the dialog was closed or withdrawn. */
async function ask(window: BrowserWindow, question: Question): Promise<number> {
  if (window.isDestroyed()) return 0;
  // It may have crashed before it was ever shown, and a question on a hidden window is hidden too.
  if (!window.isVisible()) window.show();
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    title: 'Wirewatch',
    defaultId: 0,
    cancelId: 0,
    noLink: true,
    ...question,
  });
  return response;
}
