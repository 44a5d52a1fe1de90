/**
 * Where a series comes in the schema. A machine may have more of some things than a schema has room for: whatever
 * comes later makes room, so that processors, bridges and sensors never push out what the machine is watched for.
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

/** How many of a kind are reported. Beyond: the rest is left out, and a warning says how many and which. */
export const MAX_DISKS = 64;
export const MAX_FILE_SYSTEMS = 64;
export const MAX_NETWORK_CARDS = 32;
export const MAX_PROCESSORS = 256;
export const MAX_SENSORS = 64;
export const MAX_VIRTUAL_INTERFACES = 64;

/**
 * All series of a machine together; the hub takes 2,000 of a device and keeps those of things that are gone among
 * them. Beyond: series of things that are gone make room, then those of the last priorities are left out.
 */
export const MAX_SERIES = 1_800;
/** The series of a schema as JSON: it has to fit one message of 256 KiB. Beyond: the same as for too many series. */
export const MAX_SCHEMA_BYTES = 224 * 1024;
