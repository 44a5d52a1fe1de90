import { toFault } from '@shared/errors';
import { DisposableStore, type Disposable } from '@shared/disposable';
import type { Logger } from '@shared/logger';
import type { DeviceRegistry } from './devices/device-registry';
import type { EventLog } from './events/event-log';
import type { History } from './history/history';
import type { SeriesTable } from './series/series-table';
import type { SettingsStore } from './settings/settings-store';

/** Puts what history knew at start where the running hub looks for it. */
export function restoreFrom(
  history: History,
  { series, events, devices }: { series: SeriesTable; events: EventLog; devices: DeviceRegistry },
): void {
  const { contents } = history.store;
  series.restore(contents.series, contents.newest);
  events.restore(contents.events);
  for (const { device } of contents.series) devices.recover(device);
  for (const { device, stream, seq } of contents.marks) devices.get(device)?.streams.advance(stream, seq);
  for (const device of devices.all()) devices.seriesChanged(device);
}

/** Keeps history to the user's settings, and tells of what befalls it. */
export function followHistory(
  history: History,
  { settings, log, onProblem }: { settings: SettingsStore; log: Logger; onProblem: () => void },
): Disposable {
  const links = new DisposableStore();
  links.add(
    settings.changed.on(({ retention }) => {
      history.store.setRetention(retention).catch((error: unknown) => {
        const { code, message: reason } = toFault(error);
        log.error('The retention could not be changed.', { code, reason });
      });
    }),
  );
  links.add(
    history.store.onProblem((problem) => {
      if (problem) log.error(problem.message, { code: problem.code });
      onProblem();
    }),
  );
  return links;
}
