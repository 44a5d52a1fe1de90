import type { Fault } from '@shared/errors';

/** The current problems, of which the most urgent is reported. */
export class Problems {
  readonly #tell: (problem: Fault | null) => void;
  #write: Fault | null = null;
  #tidy: Fault | null = null;
  #damage: Fault | null = null;
  #damagedBlocks = 0;
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

  fileWasPutAside(path: string, reason: string): void {
    this.#damage = {
      code: 'STORE_DAMAGED',
      message: `The history file was damaged (${reason}). It was kept as ${path}, and a new one was started.`,
    };
    this.#update();
  }

  logWasDamaged(path: string): void {
    this.#damage = {
      code: 'STORE_DAMAGED',
      message: `The latest changes to the history file were damaged, and some of them are lost. A copy was kept as ${path}; the rest is fine.`,
    };
    this.#update();
  }

  blockIsDamaged(): void {
    const count = ++this.#damagedBlocks;
    this.#damage = {
      code: 'STORE_DAMAGED',
      message: `${count === 1 ? 'A block' : `${count} blocks`} of history can no longer be read and ${count === 1 ? 'is' : 'are'} skipped; the rest is fine.`,
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
