import * as v from 'valibot';

/** What `wirewatch demo` tells the process that plays the devices, once. */
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
