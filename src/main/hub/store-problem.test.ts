import { afterEach, describe, expect, it } from 'vitest';
import type { HubInfo } from '@shared/model';
import { FakeStore } from '../../../tests/fakes/fake-store';
import { startHub, type TestHub } from '../../../tests/fakes/hub-harness';

const FULL = { code: 'STORE_FULL', message: 'The disk is full.' };

describe('a problem with history', () => {
  let test: TestHub | null = null;
  afterEach(() => test?.dispose());

  async function watchInfo(store: FakeStore): Promise<() => HubInfo | undefined> {
    test = await startHub({ store });
    const seen: HubInfo[] = [];
    test.api.subscribe('hub', {}, (info) => seen.push(info));
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    return () => seen.at(-1);
  }

  it('that was there from the start is told to every UI', async () => {
    const store = new FakeStore();
    store.problem = FULL;
    const info = await watchInfo(store);
    expect(info()?.storeProblem).toEqual(FULL);
  });

  it('is told when it comes up, and that it is over', async () => {
    const store = new FakeStore();
    const info = await watchInfo(store);
    expect(info()?.storeProblem).toBeNull();
    store.setProblem(FULL);
    await expect.poll(() => info()?.storeProblem).toEqual(FULL);
    store.setProblem(null);
    await expect.poll(() => info()?.storeProblem).toBeNull();
  });
});
