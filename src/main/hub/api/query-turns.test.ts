import { describe, expect, it } from 'vitest';
import { QueryTurns } from './query-turns';

/** Creates work that ends when the test says so. */
function work(log: string[], name: string) {
  const gate = Promise.withResolvers<string>();
  const start = (): Promise<string> => {
    log.push(name);
    return gate.promise;
  };
  return { start, end: () => gate.resolve(name) };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('turns at the history', () => {
  it('go round between callers, so that one who asks without end keeps nobody waiting', async () => {
    const turns = new QueryTurns();
    const log: string[] = [];
    const greedy = Array.from({ length: 8 }, (_, i) => work(log, `greedy ${i}`));
    const modest = work(log, 'modest');
    const answers = greedy.map(({ start }) => turns.run('greedy', start));
    answers.push(turns.run('modest', modest.start));
    await soon();
    expect(log).toEqual(['greedy 0', 'greedy 1', 'greedy 2']);
    greedy[0]?.end();
    greedy[1]?.end();
    await soon();
    expect(log.slice(3).sort()).toEqual(['greedy 3', 'modest']);
    modest.end();
    for (const { end } of greedy) end();
    expect(await Promise.all(answers)).toHaveLength(9);
    expect(log).toHaveLength(9);
  });

  it('are refused to a caller of whom too many wait, and to nobody else', async () => {
    const turns = new QueryTurns();
    const never = (): Promise<null> => new Promise(() => {});
    for (let i = 0; i < 3 + 256; i++) void turns.run('greedy', never);
    await expect(turns.run('greedy', never)).rejects.toMatchObject({ code: 'STORE_BUSY' });
    const refused = await Promise.race([turns.run('modest', never).catch(() => 'refused'), soon()]);
    expect(refused).toBeUndefined();
  });

  it('are handed on when a question fails', async () => {
    const turns = new QueryTurns();
    const fails = (): Promise<never> => Promise.reject(new Error('no'));
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => turns.run('one', fails)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(await turns.run('one', () => Promise.resolve('yes'))).toBe('yes');
  });
});
