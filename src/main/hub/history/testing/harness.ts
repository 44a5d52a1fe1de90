import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '@shared/clock';
import { silentLogger } from '@shared/logger';
import { openStore, type OpenedStore, type OpenStoreOptions } from '../worker-store';
import { RETENTION } from '../../store-contract/testing/batches';
import { buildPrograms, type BuiltPrograms } from '../../../../../tests/fakes/build-programs';

const SOURCES = {
  'store-worker': resolve(import.meta.dirname, '../../store/store-worker.ts'),
  committer: resolve(import.meta.dirname, 'committer.ts'),
  churner: resolve(import.meta.dirname, 'churner.ts'),
};

/** Provides folders, a built worker and the stores opened with it; `dispose` removes all of it. */
export class StoreHarness {
  /** The bundled worker, and two programs that open a store and commit until they are killed. */
  readonly built: BuiltPrograms<'store-worker' | 'committer' | 'churner'>;
  readonly #dirs: string[] = [];
  readonly #stores: OpenedStore[] = [];

  private constructor(built: StoreHarness['built']) {
    this.built = built;
  }

  static async create(): Promise<StoreHarness> {
    return new StoreHarness(await buildPrograms(SOURCES));
  }

  dir(): string {
    const dir = mkdtempSync(join(tmpdir(), 'wirewatch-store-'));
    this.#dirs.push(dir);
    return dir;
  }

  options(dir: string, patch: Partial<OpenStoreOptions> = {}): OpenStoreOptions {
    return {
      dir,
      retention: RETENTION,
      workerFile: this.built.files['store-worker'],
      clock: systemClock,
      log: silentLogger,
      ...patch,
    };
  }

  async open(dir = this.dir(), patch: Partial<OpenStoreOptions> = {}): Promise<OpenedStore> {
    const opened = await openStore(this.options(dir, patch));
    if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.message}`);
    this.#stores.push(opened.value);
    return opened.value;
  }

  async dispose(): Promise<void> {
    for (const store of this.#stores) await store.close();
    for (const dir of this.#dirs) rmSync(dir, { recursive: true, force: true });
    this.built.remove();
  }
}
