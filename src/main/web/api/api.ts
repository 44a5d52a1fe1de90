import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@shared/clock';
import { isExpected, toFault, type Fault } from '@shared/errors';
import { logFault } from '@shared/logger';
import type { DeviceInfo } from '@shared/model';
import type { Caller, Hub } from '../../hub/hub-contract';
import { crowdKey } from '../../hub/bounds/peer-address';
import type { Access } from '../access';
import { isThisMachine } from '../address';
import type { RequestTarget } from '../../hub/port/request-target';
import { refuseMethod, sendError, sendJson } from '../respond';
import { parseAudit } from './audit-params';
import { sendBackup } from './backup-route';
import { parseEvents } from './events-params';
import { sendExport } from './export-route';
import { ExportSeats } from './export-seats';
import { drainBody, takeImport } from './import-route';
import { checkNames, parseQuery } from './query-params';
import { querySource } from './query-source';
import { queryText } from './query-text';
import { streamText } from './stream-text';

/** Answers a request to the HTTP API, described in `docs/api.md`. Returns false when the path is not part of it. */
export type Api = (
  target: RequestTarget,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<boolean>;

/** The HTTP status for the hub's fault codes; any other code is the caller's mistake. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  NOT_ALLOWED: 403,
  NO_SUCH_DEVICE: 404,
  NO_SUCH_BACKUP: 404,
  NO_HISTORY: 409,
  NO_DATA_FOLDER: 409,
  TOO_MANY_DEVICES: 409,
  TOO_MANY_SERIES: 409,
  HUB_FULL: 409,
  LINE_TOO_LONG: 413,
  BAD_MEDIA_TYPE: 415,
  BAD_ENCODING: 415,
  TOO_MANY_EXPORTS: 503,
  BACKUP_RUNNING: 503,
  BACKUP_FAILED: 503,
  STORE_BUSY: 503,
  STORE_FAILED: 503,
  STORE_CLOSED: 503,
  STORE_IN_USE: 503,
  STORE_UNWRITABLE: 503,
  STORE_NEWER: 503,
  STORE_FULL: 507,
  BACKUP_NO_ROOM: 507,
};

type Route = (
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
) => Promise<void>;

const IMPORT_PATH = '/api/v1/import';
const BACKUP_PATH = '/api/v1/backup';
const METHODS: Readonly<Record<string, string[]>> = {
  [IMPORT_PATH]: ['POST'],
  [BACKUP_PATH]: ['GET', 'POST'],
};
const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

export function createApi(hub: Hub, access: Access, clock: Clock): Api {
  const seats = new ExportSeats(hub.limits, clock);
  const routes: Record<string, Route> = {
    '/api/v1/devices': async (query, request, response, caller) => {
      const names = checkNames(query, []);
      if (!names.ok) return sendFault(names.error, request, response);
      const devices = await hub.execute('listDevices', {}, caller);
      sendJson(request, response, 200, { devices: devices.map(publicDevice) });
    },
    '/api/v1/series': async (query, request, response, caller) => {
      const names = checkNames(query, ['device']);
      if (!names.ok) return sendFault(names.error, request, response);
      const device = query.get('device');
      if (!device) {
        return sendError(
          request,
          response,
          400,
          'MISSING_PARAMETER',
          'The parameter "device" is missing, such as ?device=ID.',
        );
      }
      const series = await hub.execute('listSeries', { device }, caller);
      sendJson(request, response, 200, { series });
    },
    '/api/v1/query': async (query, request, response, caller) => {
      const params = parseQuery(query, clock.now());
      if (!params.ok) return sendFault(params.error, request, response);
      const source = querySource(hub, params.value, caller);
      const { unreadMs } = hub.limits;
      await streamText(queryText(source), { headers: JSON_TYPE, unreadMs }, request, response);
    },
    '/api/v1/events': async (query, request, response, caller) => {
      const params = parseEvents(query, clock.now());
      if (!params.ok) return sendFault(params.error, request, response);
      const { device } = params.value;
      if (device !== undefined) await hub.execute('listSeries', { device }, caller);
      const events = await hub.execute('listEvents', params.value, caller);
      sendJson(request, response, 200, { events });
    },
    '/api/v1/audit': async (query, request, response, caller) => {
      const params = parseAudit(query);
      if (!params.ok) return sendFault(params.error, request, response);
      const entries = await hub.execute('listAudit', params.value, caller);
      sendJson(request, response, 200, { entries });
    },
    '/api/v1/export': async (query, request, response, { from: address, role, browser }) => {
      const client = { caller: browser ?? `${role} at ${crowdKey(address)}`, address, role };
      const sent = await sendExport(hub, seats, client, query, clock.now(), request, response);
      if (sent.ok) return;
      if (sent.error.code === 'TOO_MANY_EXPORTS') {
        hub.countRefused(sent.error.code, request);
        response.setHeader('Retry-After', '5');
      }
      sendFault(sent.error, request, response);
    },
    [BACKUP_PATH]: async (query, request, response, caller) => {
      const names = checkNames(query, ['ticket']);
      const sent = names.ok ? await sendBackup(hub, caller, query, request, response) : names;
      if (!sent.ok) sendFault(sent.error, request, response);
    },
    [IMPORT_PATH]: async (query, request, response, caller) => {
      const taken = await takeImport(hub, query, request);
      if (taken.ok) {
        const { samples } = taken.value;
        hub.recordChange('importSamples', `Imported ${samples.toLocaleString('en')} samples.`, caller);
        return sendJson(request, response, 200, taken.value);
      }
      await drainBody(request);
      sendFault(taken.error, request, response);
    },
  };

  return async ({ path, query }, request, response) => {
    if (path === '/healthz') {
      if (!refuseMethod(request, response, ['GET', 'HEAD'])) {
        sendJson(request, response, 200, health(hub, request, clock));
      }
      return true;
    }
    if (path !== '/api' && !path.startsWith('/api/')) return false;
    const who = access.apiCaller(request);
    if ('refusal' in who) {
      const { refusal } = who;
      if (refusal.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="wirewatch"');
      if (refusal.retryAfterSec) response.setHeader('Retry-After', String(refusal.retryAfterSec));
      sendError(request, response, refusal.status, refusal.code, refusal.message);
      return true;
    }
    const handler = Object.hasOwn(routes, path) ? routes[path] : undefined;
    const methods = METHODS[path] ?? ['GET', 'HEAD'];
    if (!handler) sendError(request, response, 404, 'NOT_FOUND', 'The API has no such endpoint.');
    else if (!refuseMethod(request, response, methods)) {
      try {
        const { browser } = who.caller;
        if (browser !== undefined) {
          const stopListening = access.onSignedOut(browser, () => response.destroy());
          response.once('close', stopListening);
        }
        await handler(query, request, response, who.caller);
      } catch (error) {
        const fault = toFault(error);
        if (fault.code === 'INTERNAL' || response.headersSent) throw error;
        if (!isExpected(error)) {
          logFault(hub.log, 'REQUEST_FAILED', 'A request could not be answered.', error, { path });
        }
        sendFault(fault, request, response);
      }
    }
    return true;
  };
}

function sendFault(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  sendError(request, response, STATUS_OF_CODE[fault.code] ?? 400, fault.code, fault.message);
}

/** Answers whether the hub runs; other machines learn nothing else. */
function health(hub: Hub, request: IncomingMessage, clock: Clock): Record<string, unknown> {
  if (!isThisMachine(request)) return { status: 'ok' };
  const { version, startedAt, bootId, isStoring, storeProblem } = hub.info();
  return {
    status: 'ok',
    version,
    bootId,
    uptimeMs: Math.max(0, clock.now() - startedAt),
    storing: isStoring,
    problem: storeProblem,
  };
}

/** Picks the fields that `docs/api.md` documents, without those that only the UI needs. */
function publicDevice(device: DeviceInfo) {
  const { id, name, kind, state, reason, approval, local, simple, os, arch, model, tags, agent } = device;
  const { address, firstSeenAt, connectedAt, lastSeenAt, rttMs, clockOffsetMs, intervalMs, seriesCount } =
    device;
  return {
    id,
    name,
    kind,
    state,
    reason,
    approval,
    local,
    simple,
    os,
    arch,
    model,
    agent,
    tags,
    address,
    firstSeenAt,
    connectedAt,
    lastSeenAt,
    rttMs,
    clockOffsetMs,
    intervalMs,
    seriesCount,
  };
}
