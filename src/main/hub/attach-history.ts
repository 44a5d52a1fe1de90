import { toFault } from '@shared/errors';
import { DisposableStore, type Disposable } from '@shared/disposable';
import type { Logger } from '@shared/logger';
import { CLOSE } from '@shared/protocol/close-codes';
import type { DeviceRegistry } from './devices/device-registry';
import type { EventLog } from './events/event-log';
import type { History } from './history/history';
import type { RecordBook } from './records/record-book';
import type { SeriesTable } from './series/series-table';
import type { SettingsStore } from './settings/settings-store';

interface Restored {
  book: RecordBook;
  series: SeriesTable;
  events: EventLog;
  devices: DeviceRegistry;
}

/** Passes the data that history loaded at start to the parts of the hub that use it. */
export function restoreFrom(history: History, parts: Omit<Restored, 'book'>): void {
  const { contents } = history.store;
  parts.series.restore(contents.series, contents.newest);
  parts.events.restore(contents.events);
  restoreDevices(history, parts);
}

/**
 * Merges the stored data with the data that the hub received before the store opened. Agents have to reconnect: the hub
 * did not store what they sent meanwhile, but they kept it and send it again.
 */
function join(history: History, parts: Restored): void {
  const { book, series, events, devices } = parts;
  const { contents } = history.store;
  history.store.renumber(series.join(contents.series, contents.newest));
  events.join(contents.events);
  devices.reread(book.join());
  restoreDevices(history, parts);
  for (const one of series.all()) history.series(one);
  for (const device of devices.all()) {
    for (const session of device.sessions) {
      if (session.takesKeys) session.close(CLOSE.goingAway, 'history is open: connect again');
    }
  }
}

function restoreDevices({ store: { contents } }: History, { devices }: Pick<Restored, 'devices'>): void {
  for (const { device } of contents.series) devices.recover(device);
  for (const { device, stream, seq } of contents.marks) devices.get(device)?.streams.advance(stream, seq);
  for (const device of devices.all()) devices.seriesChanged(device);
}

export interface FollowOptions extends Restored {
  settings: SettingsStore;
  log: Logger;
  now: () => number;
  onProblem: () => void;
}

/** Applies the user's settings to history, merges its data if it opens late, and reports its problems. */
export function followHistory(history: History, options: FollowOptions): Disposable {
  const { settings, events, log, now, onProblem } = options;
  const { store } = history;
  const tell = (level: 'info' | 'warning', text: string): void => {
    events.add({ at: now(), kind: 'hub', level, device: null, text });
  };
  const links = new DisposableStore();
  links.add(
    settings.changed.on(({ retention }) => {
      store.setRetention(retention).catch((error: unknown) => {
        const { code, message: reason } = toFault(error);
        log.error('The retention could not be changed.', { code, reason });
      });
    }),
  );
  let wasOpen = store.isOpen;
  const closed = (): void => {
    wasOpen = false;
    const reason = store.problem?.message ?? 'It could not be opened.';
    tell('warning', `History is not open, and nothing is stored until it is. ${reason}`);
  };
  if (!wasOpen) closed();
  links.add(
    store.onProblem((problem) => {
      if (problem) log.error(problem.message, { code: problem.code });
      if (wasOpen && !store.isOpen) closed();
      onProblem();
    }),
  );
  links.add(
    store.onOpened(() => {
      wasOpen = true;
      join(history, options);
      const text = 'History is open: what arrives is stored again.';
      log.info(text);
      tell('info', text);
      onProblem();
    }),
  );
  return links;
}
