import type { MetricKind } from '../model';

/**
 * What Wirewatch knows about a metric beyond what its device declares. `unit` is UCUM; `kind` says how its values
 * behave.
 */
export interface MetricDescription {
  name: string;
  title: string;
  unit: string;
  /** Whether it is only what the words of the name usually mean, not the definition of a standard or a program. */
  isGuess: boolean;
  kind: MetricKind;
  /** The heading that its charts appear under. */
  group: string;
  description: string;
}
