import type { Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import type { Limits } from '@shared/protocol/limits';
import type { Penalties } from '../bounds/penalties';
import type { RefusedCounter } from '../bounds/refused-counter';
import type { Timings } from '../timings';

/** The parts of the hub that one WebSocket connection needs. */
export interface SessionContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: Limits;
  readonly timings: Timings;
  readonly refused: RefusedCounter;
  readonly penalties: Penalties;
}
