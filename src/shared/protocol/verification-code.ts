/**
 * The digits that a person compares before admitting a device. Over TLS both ends derive them from secrets of their
 * connection (RFC 5705 exporter), so a man in the middle of two TLS connections shows different digits to each end.
 * Six digits alone could be brute-forced: an attacker who answers a TLS handshake could try answers until the digits
 * match. So both ends add a nonce, and the agent commits to its own (by SHA-256) before it learns the hub's. Each try
 * then costs a connection.
 */
export const CODE_EXPORTER_LABEL = 'EXPORTER-wirewatch-pairing';
export const CODE_EXPORTER_BYTES = 32;
/** Length of a nonce in bits. Nonces and commitments are sent as base64url. */
export const CODE_NONCE_BITS = 256;
export const CODE_NONCE = /^[A-Za-z0-9_-]{43}$/;

const CODES = 1_000_000n;

/**
 * Returns the exporter's context, to be encoded as UTF-8: the device id, and the nonces if the agent committed to one.
 */
export function codeContext(device: string, nonces: { hub: string; agent: string } | null): string {
  return nonces === null ? device : `${device}\n${nonces.hub}\n${nonces.agent}`;
}

/** Returns six digits: the first 64 bits, big-endian, modulo one million. */
export function codeOf(material: Uint8Array): string {
  const view = new DataView(material.buffer, material.byteOffset, material.byteLength);
  return (view.getBigUint64(0) % CODES).toString().padStart(6, '0');
}
