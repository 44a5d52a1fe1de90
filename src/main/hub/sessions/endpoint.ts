import type { ConnectionState, StateReason } from '@shared/model';

/** The behaviour of a session: agents talk, echoes answer. */
export interface Endpoint {
  /** The device's name, or a description of the client. */
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
  /** Call when the hub's clock was set; `stepMs` is negative if it was set back. */
  clockSet(stepMs: number): void;
  pong(): void;
  closed(reason: StateReason): void;
}
