import { describeRoundTrip } from '../../lib/components';
import { formatBytes, formatDuration } from '@shared/metrics/units';
import type { DeviceInfo, SessionInfo } from '@shared/model';

export interface Fact {
  name: string;
  value: string;
  mono?: boolean;
  title?: string;
}

const NOTHING = '—';

/** Formats a clock's difference: `+12 ms`, `−3 min`, `0 ms`; `NOTHING` if unknown. */
export function describeClock(offsetMs: number | null): string {
  if (offsetMs === null) return NOTHING;
  const rounded = Math.round(offsetMs);
  if (rounded === 0) return '0 ms';
  return `${rounded < 0 ? '−' : '+'}${formatDuration(Math.abs(rounded))}`;
}

/** Formats a number per second: `4.0`, `0.2`, `84`. */
export function describeRate(perSec: number): string {
  if (perSec === 0) return '0';
  return perSec < 10 ? perSec.toFixed(1) : String(Math.round(perSec));
}

/** Formats a sampling interval: `4 /s` below a second, otherwise `every 5 s`. */
export function describeInterval(intervalMs: number): string {
  if (intervalMs >= 1_000) return intervalMs === 1_000 ? '1 /s' : `every ${formatDuration(intervalMs)}`;
  return `${Number((1_000 / intervalMs).toFixed(1))} /s`;
}

/** Returns the facts about a device's connection, in order of interest. */
export function factsOf(device: DeviceInfo, session: SessionInfo | null, focused: boolean): Fact[] {
  const connected = device.session !== null;
  const live = connected && session?.id === device.session ? session : null;
  const chosen = device.chosenIntervalMs;
  const isKnown = device.connectedAt !== null || device.lastSeenAt !== null;
  const faster = focused && connected && !device.simple && (chosen === null || device.intervalMs < chosen);
  return [
    { name: 'Round trip', value: describeRoundTrip(connected ? device.rttMs : null) },
    {
      name: 'Rate',
      value: live
        ? `${describeRate(live.framesInPerSec)} /s · ${describeRate(live.samplesInPerSec)} samples`
        : NOTHING,
      title: 'Messages and samples per second, averaged over the last ten seconds',
    },
    { name: 'Received', value: session ? formatBytes(session.bytesIn) : NOTHING },
    {
      name: 'Heartbeats',
      value: session ? `${session.pongsReceived} of ${session.pingsSent}` : NOTHING,
      title: 'Pings that the device answered with a pong',
    },
    {
      name: 'Clock',
      value: describeClock(device.clockOffsetMs),
      title: 'How far the device’s clock is ahead of the hub’s',
    },
    {
      name: 'Address',
      value: session ? `${session.address}:${session.port}` : (device.address ?? NOTHING),
      mono: true,
    },
    {
      name: 'Protocol',
      value: session
        ? (session.protocol ?? 'plain WebSocket')
        : // Never connected, or not by a WebSocket: nothing is known.
          !isKnown
          ? NOTHING
          : device.simple
            ? 'plain WebSocket'
            : 'wirewatch.v1',
      mono: (session?.protocol ?? null) !== null || (isKnown && !device.simple),
    },
    { name: 'Agent', value: device.agent?.replace('/', ' ') ?? NOTHING },
    {
      name: 'Interval',
      value: !isKnown
        ? NOTHING
        : device.simple
          ? 'set by the device'
          : `${describeInterval(device.intervalMs)}${faster && device.intervalMs < 1_000 ? ' while you look' : ''}`,
      title: !isKnown
        ? 'It has never connected'
        : device.simple
          ? 'A simple device decides for itself how often it sends'
          : 'How often the device’s agent samples. It samples more often while this page is open.',
    },
  ];
}
