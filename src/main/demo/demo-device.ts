import type { DeviceDeclaration } from '@shared/protocol/agent-messages';
import type { Part } from './part';
import type { ProcessList } from './processes';

/** What a simulated device does that others do not; seconds of the wall clock, so that it repeats. */
export interface Behaviour {
  /** How wrong its clock is when it says hello, ms. */
  clockOffsetMs?: number;
  /** Cuts its connection for `forS` of every `everyS`. */
  offline?: { everyS: number; forS: number };
  /** Stays connected but sends nothing for `forS` of every `everyS`. */
  silent?: { everyS: number; forS: number };
  /** Comes without the token, so somebody has to approve it. */
  unapproved?: boolean;
}

export interface DemoDevice {
  declaration: DeviceDeclaration;
  /** `agent` speaks wirewatch.v1; the others are simple devices. */
  dialect: 'agent' | 'json' | 'line-protocol';
  part: Part;
  intervalMs: number;
  behaviour: Behaviour;
  /** What it reports as events now and then. */
  says: readonly string[];
  processes: ProcessList | null;
  /** Where in the second it samples, so that a fleet does not send all at once. */
  phaseMs: number;
}
