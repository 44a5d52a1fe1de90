import type { CommitBatch } from '../../src/main/hub/store-contract/store-contract';
import { FakeStore } from './fake-store';

/** A store whose commits wait until the test lets them through, as on a slow disk. */
export class GatedStore extends FakeStore {
  readonly deleted: string[] = [];
  commitsAtOnce = true;
  #waiting: (() => void)[] = [];

  /** The number of commits that were requested and are not on disk. */
  get waiting(): number {
    return this.#waiting.length;
  }

  override async commit(batch: CommitBatch): Promise<void> {
    if (!this.commitsAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return super.commit(batch);
  }

  override deleteDevice(device: string): Promise<void> {
    this.deleted.push(device);
    return super.deleteDevice(device);
  }

  letThrough(): void {
    this.commitsAtOnce = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}
