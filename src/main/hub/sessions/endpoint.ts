import type { ConnectionState, StateReason } from '@shared/model';

/** What an endpoint does with a session: agents talk, echoes answer. */
export interface Endpoint {
  /** The device's name, or what is known about the client. */
  readonly name: string;
  readonly device: string | null;
  readonly state: ConnectionState;
  readonly reason: StateReason | null;
  readonly agent: string | null;
  readonly clockOffsetMs: number | null;
  readonly intervalMs: number | null;
  message(data: Buffer, isBinary: boolean): void;
  /** Called once a second while open. */
  second(now: number): void;
  /** The hub's clock was set by this much, forward or back when negative. */
  clockSet(stepMs: number): void;
  pong(): void;
  closed(reason: StateReason): void;
}
