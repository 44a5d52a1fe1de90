/**
 * The digits that a person compares before letting a device in. Over TLS both ends derive them from secrets of their
 * connection (RFC 5705 exporter), so that whoever sits between two TLS connections shows other digits to each end.
 *
 * Six digits alone could be searched for: whoever answers a TLS handshake may try answers until its digits fit. So both
 * ends add a nonce, and the agent commits to its own (by SHA-256) before it hears the hub's: a try costs a connection.
 */
export const CODE_EXPORTER_LABEL = 'EXPORTER-wirewatch-pairing';
export const CODE_EXPORTER_BYTES = 32;
/** Bits of a nonce, and its form on the wire: base64url, as that of a commitment. */
export const CODE_NONCE_BITS = 256;
export const CODE_NONCE = /^[A-Za-z0-9_-]{43}$/;

const CODES = 1_000_000n;

/** The exporter's context, to be encoded as UTF-8: the device, and the nonces where the agent committed to one. */
export function codeContext(device: string, nonces: { hub: string; agent: string } | null): string {
  return nonces === null ? device : `${device}\n${nonces.hub}\n${nonces.agent}`;
}

/** Six digits: the first 64 bits, big-endian, modulo a million. */
export function codeOf(material: Uint8Array): string {
  const view = new DataView(material.buffer, material.byteOffset, material.byteLength);
  return (view.getBigUint64(0) % CODES).toString().padStart(6, '0');
}
