/**
 * The digits that a person compares before letting a device in. Over TLS both ends derive them from secrets of their
 * connection (RFC 5705 exporter; the context is the device's id in UTF-8), so that whoever sits between two TLS
 * connections shows other digits to each end.
 */
export const CODE_EXPORTER_LABEL = 'EXPORTER-wirewatch-pairing';
export const CODE_EXPORTER_BYTES = 32;

const CODES = 1_000_000n;

/** Six digits: the first 64 bits, big-endian, modulo a million. */
export function codeOf(material: Uint8Array): string {
  const view = new DataView(material.buffer, material.byteOffset, material.byteLength);
  return (view.getBigUint64(0) % CODES).toString().padStart(6, '0');
}
