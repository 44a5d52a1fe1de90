import type { Admission } from '../admission/admission';
import type { IngestContext } from '../ingest/ingest-context';
import type { SessionContext } from '../sessions/session-context';

/** The parts of the hub that a conversation with an agent needs. */
export interface AgentContext extends SessionContext, IngestContext {
  readonly admission: Admission;
}
