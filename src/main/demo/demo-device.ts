import type { DeviceDeclaration } from '@shared/protocol/agent-messages';
import type { Part } from './part';
import type { ProcessList } from './processes';

/** The ways in which a simulated device differs from others; in seconds of the wall clock, so that it repeats. */
export interface Behaviour {
  /** The error of its clock when it says hello, ms. */
  clockOffsetMs?: number;
  /** Cuts its connection for `forS` seconds of every `everyS`. */
  offline?: { everyS: number; forS: number };
  /** Stays connected but sends nothing for `forS` seconds of every `everyS`. */
  silent?: { everyS: number; forS: number };
  /** Connects without the token, so it has to be approved. */
  unapproved?: boolean;
}

export interface DemoDevice {
  declaration: DeviceDeclaration;
  /** `agent` speaks wirewatch.v1; the others are simple devices. */
  dialect: 'agent' | 'json' | 'line-protocol';
  part: Part;
  intervalMs: number;
  behaviour: Behaviour;
  /** Texts that it reports as events now and then. */
  says: readonly string[];
  processes: ProcessList | null;
  /** When within each second it samples, so that the devices do not all send at once. */
  phaseMs: number;
}
