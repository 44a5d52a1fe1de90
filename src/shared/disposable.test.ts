import { describe, expect, it } from 'vitest';
import { DisposableStore, endAll } from './disposable';

function caught(run: () => void): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error;
  }
}

describe('a store of disposables', () => {
  it('disposes all four, last first, when the third throws, and says so at the end', () => {
    const store = new DisposableStore();
    const disposed: number[] = [];
    const fault = new Error('the third does not end');
    for (const n of [1, 2, 3, 4]) {
      store.add(() => {
        disposed.push(n);
        if (n === 3) throw fault;
      });
    }
    const error = caught(() => store.dispose());
    expect(disposed).toEqual([4, 3, 2, 1]);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toEqual([fault]);
  });

  it('is disposed only once, though it failed', () => {
    const store = new DisposableStore();
    let times = 0;
    store.add(() => {
      times++;
      throw new Error('no');
    });
    caught(() => store.dispose());
    expect(caught(() => store.dispose())).toBeNull();
    expect(times).toBe(1);
  });

  it('ends at once whatever is added after its end', () => {
    const store = new DisposableStore();
    store.dispose();
    let ended = false;
    store.add(() => (ended = true));
    expect(ended).toBe(true);
  });
});

describe('the end of several things', () => {
  it('takes every step in order, waits for each, and reports all failures together', async () => {
    const steps: string[] = [];
    const ended = endAll([
      async () => {
        await Promise.resolve();
        steps.push('a');
        throw new Error('a failed');
      },
      () => {
        steps.push('b');
        throw new Error('b failed');
      },
      () => void steps.push('c'),
    ]);
    const error = await ended.catch((thrown: unknown) => thrown);
    expect(steps).toEqual(['a', 'b', 'c']);
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors.map(String)).toEqual(['Error: a failed', 'Error: b failed']);
  });
});
