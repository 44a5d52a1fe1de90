import type { MetricKind } from '../model';

/** Facts about a metric beyond those that its device declares. `unit` is UCUM; `kind` says how its values behave. */
export interface MetricDescription {
  name: string;
  title: string;
  unit: string;
  /**
   * Whether the description is only the usual meaning of the words in the name, not the definition of a standard or a
   * program.
   */
  isGuess: boolean;
  kind: MetricKind;
  /** The heading that its charts appear under. */
  group: string;
  description: string;
}
