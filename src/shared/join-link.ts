/** A hub's address and the facts that an agent needs, as contained in a QR code. */
export interface JoinLink {
  /** `wss://host:7411` */
  url: string;
  /** SHA-256 of the hub's certificate, `AB:CD:…`. */
  fingerprint?: string | undefined;
  /** A join token. */
  token?: string | undefined;
}

/**
 * `wss://host:7411#fingerprint=ABCD…&token=wwt_…`. A fragment is never sent over the network, so neither is the
 * token.
 */
export function formatJoinLink({ url, fingerprint, token }: JoinLink): string {
  const parts = [
    ...(fingerprint ? [`fingerprint=${fingerprint.replaceAll(':', '')}`] : []),
    ...(token ? [`token=${token}`] : []),
  ];
  return parts.length === 0 ? url : `${url}#${parts.join('&')}`;
}

/** Parses what {@link formatJoinLink} made; any other address becomes its own `url`. Does not validate the parts. */
export function parseJoinLink(text: string): JoinLink {
  const at = text.indexOf('#');
  if (at < 0) return { url: text };
  const fields = new URLSearchParams(text.slice(at + 1));
  return {
    url: text.slice(0, at),
    fingerprint: fields.get('fingerprint') ?? undefined,
    token: fields.get('token') ?? undefined,
  };
}
