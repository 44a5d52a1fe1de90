import type { SessionInfo } from '@shared/model';
import type { RefusedClient } from '../bounds/refused-client';
import type { Handshake } from './handshake';
import type { TlsLink } from './tls-link';

/** The facts about a connection that are known from its upgrade on. */
export interface SessionFacts {
  endpoint: SessionInfo['endpoint'];
  path: string;
  address: string;
  port: number;
  /**
   * Whether the client is a web page that may not be an agent: it acts for its own site, not for the machine whose
   * browser shows it.
   */
  isFromOtherSite: boolean;
  /** Null for a plain connection. */
  tls: TlsLink | null;
  agent: string | null;
  /** The head of its upgrade, as shown with its refusals. */
  client: RefusedClient;
  handshake: Handshake;
}
