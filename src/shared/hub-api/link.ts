/** `closed` includes the reason; the client keeps trying by itself unless `retrying` is false. */
export type LinkState =
  | { state: 'connecting' }
  /** `hubTime`: the hub's clock when the link opened or when the clock was last set, ms since the epoch. */
  | { state: 'open'; bootId: string; hubTime: number }
  | {
      state: 'closed';
      code: string;
      message: string;
      retrying: boolean;
      /** When the hub's last message arrived, by the UI's clock, ms since the epoch; null before the first one. */
      heardAt?: number | null;
      /** When the client tries again by itself, by the UI's clock, ms since the epoch. */
      retryAt?: number | undefined;
    };

export interface CallOptions {
  /** Aborting it rejects the call with `CANCELLED` at once and tells the hub to stop working on it. */
  signal?: AbortSignal | undefined;
}
