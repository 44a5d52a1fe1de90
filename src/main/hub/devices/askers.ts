import type { DeviceSession } from './presence';

/** What tells one run of an agent from others: its `instance`, which nobody else knows, and the digits that it shows. */
export type Asker = Pick<DeviceSession, 'instance' | 'code'>;

/**
 * Which runs of agents asked to be one device, and which of them may be handed its key: the one whose digits the user
 * approved. Several may ask at the same time, from one address; an address alone proves nothing. Kept in memory only.
 */
export class Askers {
  #left: Asker | null = null;
  #heir: Asker | null = null;

  /** The one that asked and left last; it can still be approved. */
  get left(): Asker | null {
    return this.#left;
  }

  /** An agent that was waiting has left. */
  leave({ instance, code }: Asker): void {
    this.#left = { instance, code };
  }

  /** The digits that this run showed before, if it is the one that left last. */
  codeOfRun(instance: string | null): string | null {
    return instance !== null && this.#left?.instance === instance ? this.#left.code : null;
  }

  /** Names the run that the device's key is for; null for whichever comes first, as long as no agent is there. */
  setHeir(asker: Asker | null): void {
    this.#heir = asker && { instance: asker.instance, code: null };
    this.#left = null;
  }

  /**
   * Whether a run that shows no key may be handed one. `isAlone`: no other agent is there as the device. A run that
   * does not name itself is told from others by nothing else.
   */
  isHeir(instance: string | null, isAlone: boolean): boolean {
    const heir = this.#heir?.instance ?? null;
    return heir === null ? isAlone : heir === instance;
  }
}
