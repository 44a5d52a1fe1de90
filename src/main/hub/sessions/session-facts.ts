import type { SessionInfo } from '@shared/model';
import type { Handshake } from './handshake';
import type { TlsLink } from './tls-link';

/** What is known of a connection from its upgrade on. */
export interface SessionFacts {
  endpoint: SessionInfo['endpoint'];
  path: string;
  address: string;
  port: number;
  /** A web page that may not be an agent: it speaks for its own site, not for the machine it is looked at on. */
  isFromOtherSite: boolean;
  /** Null for a plain connection. */
  tls: TlsLink | null;
  agent: string | null;
  handshake: Handshake;
}
