import type { Logger } from '@shared/logger';
import type { Moment } from '@shared/moment';
import type { ClockStep } from '@shared/watched-clock';
import type { JoinTokens } from './admission/join-tokens';
import type { UiConnections } from './api/ui-connections';
import type { AuditLog } from './audit/audit-log';
import type { DeviceRegistry } from './devices/device-registry';
import type { EventLog } from './events/event-log';
import type { HubServer } from './port/hub-server';
import type { RingMemory } from './series/ring-memory';
import type { SeriesTable } from './series/series-table';

export interface ClockSetParts {
  log: Logger;
  started: Moment;
  server: HubServer;
  devices: DeviceRegistry;
  events: EventLog;
  audit: AuditLog;
  tokens: JoinTokens;
  series: SeriesTable;
  memory: RingMemory;
  uis: UiConnections;
  /** Marks the hub's facts as changed. */
  touch: () => void;
}

/**
 * Adapts the hub after its own clock was set. Data on disk keeps its times. Everything still in progress follows the
 * clock at once: agents get the new time, and rows that are now in the future leave memory, where they would hide all
 * new rows. Times that the hub itself noted in this run are moved by the step, because it knows how long ago they were.
 */
export function clockSet(step: ClockStep, parts: ClockSetParts): void {
  const { log, started, server, devices, events, audit, tokens, series, memory, uis, touch } = parts;
  const { from, to, stepMs } = step;
  const text = `The hub's clock was set ${stepMs > 0 ? 'forward' : 'back'} by ${describeSpan(Math.abs(stepMs))}: from ${utc(from)} to ${utc(to)}. Samples from before keep the times they have.`;
  log.warn(text, { code: 'CLOCK_SET', stepMs });
  server.clockSet(stepMs);
  devices.clockSet(stepMs);
  events.clockSet({ stepMs, startedAt: started.time - stepMs });
  events.add({ at: to, kind: 'hub', level: 'warning', device: null, text });
  audit.clockSet(stepMs);
  tokens.clockSet(stepMs);
  series.clockSet(stepMs);
  if (stepMs < 0) memory.dropNewerThan(to);
  uis.clockSet();
  touch();
}

const UNITS = [
  { name: 'days', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

/** Describes a duration in the largest unit of which there are at least two: `3 h`, `90 min`, `3,652 days`. */
function describeSpan(ms: number): string {
  const unit = UNITS.find((one) => Math.round((10 * ms) / one.ms) >= 20) ?? UNITS[3];
  return `${(ms / unit.ms).toLocaleString('en', { maximumFractionDigits: 1 })} ${unit.name}`;
}

function utc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
