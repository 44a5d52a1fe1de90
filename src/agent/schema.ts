import type { SeriesDeclaration } from '@shared/protocol/agent-messages';

/** The series that the values of a row belong to, in order. A schema never changes; a new one gets a new version. */
export interface Schema {
  readonly version: number;
  readonly series: readonly SeriesDeclaration[];
}
