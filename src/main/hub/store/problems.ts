import type { Fault } from '@shared/errors';
import type { Replaced } from './recovery/replace-damaged';
import { lossSummary, type Loss, lossLine } from './recovery/report';

/** The current problems, of which the most urgent is reported. */
export class Problems {
  readonly #tell: (problem: Fault | null) => void;
  #write: Fault | null = null;
  #tidy: Fault | null = null;
  #damage: Fault | null = null;
  #lostBlocks = 0;
  #told: Fault | null = null;

  constructor(tell: (problem: Fault | null) => void) {
    this.#tell = tell;
  }

  /** Records that a write failed or, with null, succeeded again. */
  write(fault: Fault | null): void {
    this.#write = fault;
    this.#update();
  }

  /** Records that background work failed or, with null, succeeded again. */
  tidy(fault: Fault | null): void {
    this.#tidy = fault;
    this.#update();
  }

  fileWasReplaced({ path, reason, report }: Replaced): void {
    const { samples, devices } = report.saved;
    this.#damage = {
      code: 'STORE_DAMAGED',
      message: `The history file was damaged (${reason}) and was kept as ${path}. A new one has all that can be read: ${samples} samples of ${devices} devices. ${lossSummary(report)}.`,
    };
    this.#update();
  }

  /** Samples of a block that cannot be read any more. */
  blockIsLost(loss: Loss): void {
    const others = this.#lostBlocks++;
    this.#damage = {
      code: 'STORE_DAMAGED',
      message: `${lossLine(loss)} can no longer be read${others > 0 ? `, nor ${others === 1 ? 'another block' : `${others} other blocks`} of history` : ''}; the rest is fine.`,
    };
    this.#update();
  }

  #update(): void {
    const problem = this.#write ?? this.#tidy ?? this.#damage;
    if (problem?.code === this.#told?.code && problem?.message === this.#told?.message) return;
    this.#told = problem;
    this.#tell(problem);
  }
}
