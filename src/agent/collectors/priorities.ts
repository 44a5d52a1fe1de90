/**
 * The order of series in the schema. If a machine has more series than fit, the last ones are left out, so that many
 * processors, bridges or sensors never push out the most important series.
 */
export const PRIORITY = {
  machine: 0,
  storage: 1,
  networkCard: 2,
  processor: 3,
  sensor: 4,
  virtualInterface: 5,
} as const;

export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

/** The most disks that are reported. The rest are left out, and a warning says how many and which. */
export const MAX_DISKS = 64;
export const MAX_FILE_SYSTEMS = 64;
export const MAX_NETWORK_CARDS = 32;
export const MAX_PROCESSORS = 256;
export const MAX_SENSORS = 64;
export const MAX_VIRTUAL_INTERFACES = 64;

/**
 * The most series of one machine. The hub accepts 2,000 per device, including those of things that are gone. Beyond:
 * series of things that are gone make room, then series of the lowest priority are left out.
 */
export const MAX_SERIES = 1_800;
/**
 * The largest size of a schema's series as JSON, which has to fit in one message of 256 KiB. Beyond: as for too many
 * series.
 */
export const MAX_SCHEMA_BYTES = 224 * 1024;
