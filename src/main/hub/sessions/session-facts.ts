import type { SessionInfo } from '@shared/model';
import type { RefusedClient } from '../bounds/refused-client';
import type { Handshake } from './handshake';
import type { TlsLink } from './tls-link';

/** What is known about a connection from its upgrade on. */
export interface SessionFacts {
  endpoint: SessionInfo['endpoint'];
  path: string;
  address: string;
  port: number;
  /**
   * Whether it is a web page that may not be an agent: it acts for its own site, not for the machine whose browser
   * shows it.
   */
  isFromOtherSite: boolean;
  /** Null for a plain connection. */
  tls: TlsLink | null;
  agent: string | null;
  /** The head of its upgrade, as it is shown where something of it was refused. */
  client: RefusedClient;
  handshake: Handshake;
}
