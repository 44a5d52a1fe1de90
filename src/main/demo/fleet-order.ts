import * as v from 'valibot';

/** The message that `wirewatch demo` sends once to the process that simulates the devices. */
export const fleetOrderSchema = v.object({
  url: v.string(),
  /** The certificate of the hub, `AB:CD:…`; null without TLS. */
  fingerprint: v.nullable(v.string()),
  token: v.string(),
  devices: v.number(),
  seed: v.number(),
  recording: v.string(),
});
export type FleetOrder = v.InferOutput<typeof fleetOrderSchema>;
