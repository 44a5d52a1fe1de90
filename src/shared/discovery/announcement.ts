import * as v from 'valibot';
import { displayText } from '../display-text';

/** DNS-SD (RFC 6763): how a hub announces itself on the local network, and the contents of its TXT record. */
export const SERVICE_TYPE = '_wirewatch._tcp.local';
export const SERVICE_LIST = '_services._dns-sd._udp.local';

/** The facts that a hub announces about itself on the network. They are not authenticated. */
export interface Announcement {
  version: string;
  tls: 'off' | 'allow' | 'require';
  /** SHA-256 of its public key, base64url; null without TLS. */
  keyId: string | null;
  /** SHA-256 of its certificate, `AB:CD:…`; null without TLS. */
  fingerprint: string | null;
}

/** A label of a DNS name holds 63 bytes (RFC 1035 section 2.3.4). */
const MAX_LABEL_BYTES = 63;
/** More strings than a hub sends; the rest is ignored. */
const MAX_STRINGS = 16;
const MAX_STRING_BYTES = 255;

const txtSchema = v.object({
  version: v.pipe(v.string(), v.regex(/^[0-9A-Za-z.+-]{1,32}$/)),
  tls: v.picklist(['off', 'allow', 'require']),
  id: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{43}$/))),
  fp: v.optional(v.pipe(v.string(), v.regex(/^[0-9A-F]{64}$/))),
});

/** Returns the strings of the TXT record (RFC 6763 section 6). */
export function writeTxt({ version, tls, keyId, fingerprint }: Announcement): string[] {
  const strings = ['txtvers=1', `version=${version.slice(0, 32)}`, `tls=${tls}`];
  if (keyId !== null) strings.push(`id=${keyId}`);
  if (fingerprint !== null) strings.push(`fp=${fingerprint.replaceAll(':', '')}`);
  return strings;
}

/** Reads an untrusted TXT record; null when it is not a hub's. */
export function parseTxt(strings: readonly Uint8Array[]): Announcement | null {
  const found: Record<string, string> = {};
  const decoder = new TextDecoder();
  for (const bytes of strings.slice(0, MAX_STRINGS)) {
    if (bytes.length > MAX_STRING_BYTES) continue;
    const text = decoder.decode(bytes);
    const equals = text.indexOf('=');
    const key = text.slice(0, equals).toLowerCase();
    // If a key occurs several times, the first one counts (RFC 6763 section 6.4).
    if (equals > 0 && /^[a-z]{1,16}$/.test(key) && !Object.hasOwn(found, key))
      found[key] = text.slice(equals + 1);
  }
  const parsed = v.safeParse(txtSchema, found);
  if (!parsed.success) return null;
  const { version, tls, id, fp } = parsed.output;
  return {
    version,
    tls,
    keyId: tls === 'off' ? null : (id ?? null),
    fingerprint: tls === 'off' || fp === undefined ? null : (fp.match(/../g) ?? []).join(':'),
  };
}

/** Returns the hub's instance name as one DNS label. Dots are replaced, because they would end the label. */
export function instanceLabel(name: string, attempt = 1): string {
  const suffix = attempt === 1 ? '' : ` (${attempt})`;
  const encoder = new TextEncoder();
  let label = displayText(name.replaceAll('.', '-')) || 'Wirewatch';
  while (encoder.encode(label + suffix).length > MAX_LABEL_BYTES) label = [...label].slice(0, -1).join('');
  return label + suffix;
}

/** Returns the label of `<label>._wirewatch._tcp.local`, safe to display; null for any other name. */
export function labelOf(instance: string): string | null {
  const suffix = `.${SERVICE_TYPE}`;
  if (!instance.toLowerCase().endsWith(suffix)) return null;
  return displayText(instance.slice(0, -suffix.length), MAX_LABEL_BYTES) || null;
}
