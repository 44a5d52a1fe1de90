/** `closed` carries why; the client keeps trying by itself unless `retrying` is false. */
export type LinkState =
  | { state: 'connecting' }
  | { state: 'open'; bootId: string }
  | { state: 'closed'; code: string; message: string; retrying: boolean };

export interface CallOptions {
  /** Aborting it rejects the call with `CANCELLED` at once and tells the hub to stop working on it. */
  signal?: AbortSignal | undefined;
}
