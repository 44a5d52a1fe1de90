import { FaultError } from '@shared/errors';
import type { CommandArguments, CommandName, CommandResult } from '@shared/hub-api';
import type { HubInfo } from '@shared/model';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import { forgetClaims } from '../admission/claims';
import type { Core } from '../core';
import type { Caller } from '../hub-contract';
import type { Device } from '../devices/device';
import type { Series } from '../series/series';
import { seriesInfo } from '../series/series';
import { sessionDetail } from '../sessions/describe-session';
import type { Session } from '../sessions/session';
import type { SessionTable } from '../sessions/session-table';
import { createAdmissionCommands } from './admission-commands';
import { createExploreCommands } from './explore-commands';
import { QueryTurns } from './query-turns';
import { answerQuery, changeNote, listConnectionSpans, listEvents, storageInfo } from './history-commands';

export type Handlers = {
  [K in CommandName]?: (
    params: CommandArguments<K>,
    caller: Caller,
    signal?: AbortSignal,
  ) => Promise<CommandResult<K>> | CommandResult<K>;
};

export interface CommandContext {
  core: Core;
  sessions: SessionTable;
  info: () => HubInfo;
  memoryBytes: () => number;
  /** Listens on another port; rejects with a `FaultError`. */
  changePort: (port: number) => Promise<void>;
}

/** The commands of `HubApi` that the hub implements. */
export function createCommands({ core, sessions, info, memoryBytes, changePort }: CommandContext): Handlers {
  const { devices, series, events, settings } = core;
  const queryTurns = new QueryTurns();

  function deviceOf(id: string): Device {
    const device = devices.get(id);
    if (!device) throw new FaultError('NO_SUCH_DEVICE', 'Device not found.');
    return device;
  }

  function sessionOf(id: string): Session {
    const session = sessions.get(id);
    if (!session) throw new FaultError('NO_SUCH_SESSION', 'Connection not found.');
    return session;
  }

  /**
   * Also closes the device's connections: the agent's declarations are gone, and it declares them again on its next
   * connection.
   */
  function forgetSamples(id: string): void {
    for (const session of [...(devices.get(id)?.sessions ?? [])]) {
      session.close(CLOSE.tryLater, 'its data was deleted');
    }
    series.forgetDevice(id);
  }

  return {
    ...createExploreCommands(core),
    getHub: () => info(),
    getSettings: () => settings.current,
    async updateSettings(patch) {
      const { port, ...rest } = patch;
      if (port !== undefined && port !== settings.current.port) await changePort(port);
      const clean = Object.fromEntries(
        Object.entries({ ...rest, ...(port === undefined ? {} : { port }) }).filter(
          ([, value]) => value !== undefined,
        ),
      );
      const updated = settings.update(clean);
      if (rest.intervalMs !== undefined) {
        for (const device of devices.all()) {
          for (const session of device.sessions) session.intervalChanged();
          devices.touch(device);
        }
      }
      return updated;
    },
    listDevices: () => devices.infos(),
    listSeries: ({ device }) => series.ofDevice(deviceOf(device).id).map(seriesInfo),
    query({ device, metric, series: ids, ...range }, caller, signal) {
      let wanted: Series[];
      if (ids) wanted = ids.flatMap((id) => series.byId(id) ?? []);
      else if (device === undefined)
        throw new FaultError('BAD_PARAMS', 'A query must name a device or series.');
      else wanted = series.ofDevice(deviceOf(device).id);
      if (metric !== undefined) wanted = wanted.filter((one) => one.metric === metric);
      if (!(range.from < range.to)) throw new FaultError('BAD_RANGE', '"from" must be before "to".');
      return queryTurns.run(caller.browser ?? caller.from, () => {
        if (signal?.aborted) throw new FaultError('CANCELLED', 'The request was cancelled.');
        return answerQuery(core, wanted, range, signal);
      });
    },
    listEvents: ({ device, from, to, limit }) =>
      listEvents(
        core,
        device,
        from ?? Number.NEGATIVE_INFINITY,
        to ?? Number.POSITIVE_INFINITY,
        limit ?? 100,
      ),
    ...createAdmissionCommands(core, deviceOf),
    async removeDevice({ device: id }) {
      const device = deviceOf(id);
      for (const session of [...device.sessions]) {
        session.close(CLOSE.removed, describeCloseCode(CLOSE.removed));
      }
      devices.remove(device);
      forgetClaims(devices, id);
      events.forgetDevice(id);
      await core.history?.deleteDevice(id, () => forgetSamples(id));
      return null;
    },
    async deleteDeviceData({ device: id }) {
      const device = deviceOf(id);
      forgetSamples(id);
      events.forgetDevice(id);
      await core.history?.deleteDevice(id, () => forgetSamples(id));
      devices.seriesChanged(device);
      return null;
    },
    getStorage: () => storageInfo(core, info().dataDir, memoryBytes()),
    getExtent: async ({ device }) => {
      deviceOf(device);
      await core.history?.flush();
      return core.history ? core.history.store.extent(device) : null;
    },
    listConnectionSpans: ({ from, to }) => listConnectionSpans(core, from, to),
    addNote({ at, text, device }) {
      if (device !== null) deviceOf(device);
      return events.add({ at, kind: 'note', level: 'info', device, text });
    },
    updateNote: ({ event, text }) => changeNote(core, event, text),
    deleteNote: ({ event }) => changeNote(core, event, null),
    renameDevice({ device: id, name }) {
      const device = deviceOf(id);
      device.chosenName = name === '' || name === device.ownName ? null : name;
      devices.touchAndSave(device);
      return null;
    },
    setDeviceTags({ device: id, tags }) {
      const device = deviceOf(id);
      device.chosenTags = [...new Set(tags)];
      devices.touchAndSave(device);
      return null;
    },
    setDeviceInterval({ device: id, intervalMs }) {
      const device = deviceOf(id);
      device.chosenIntervalMs = intervalMs;
      devices.touchAndSave(device);
      for (const session of device.sessions) session.intervalChanged();
      return null;
    },
    requestDevice({ device: id, method, params }) {
      const device = deviceOf(id);
      const session = device.mainSession;
      if (!session || device.approval !== 'approved') {
        throw new FaultError('NOT_CONNECTED', 'The device is not connected.');
      }
      if (device.simple) throw new FaultError('NOT_SUPPORTED', 'This device does not answer requests.');
      return session.request(method, params ?? {});
    },
    getSession: ({ session }) => sessionDetail(sessionOf(session)),
    pingSession: async ({ session }) => ({ rttMs: await sessionOf(session).ping() }),
    closeSession({ session }) {
      sessionOf(session).close(CLOSE.normal, 'closed in the app');
      return null;
    },
    getRefused: () => core.refused.all(),
    getCaller: (_, { role, from }) => ({ role, from }),
  };
}
