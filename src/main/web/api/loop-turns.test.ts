import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LoopTurns } from './loop-turns';

it('of those that wait, one goes on in each turn of the event loop, in the order in which they came', async () => {
  const turns = new LoopTurns();
  const went: string[] = [];
  const write = async (name: string): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await turns.next();
      went.push(name);
    }
  };
  const writers = ['a', 'b', 'c'].map(write);
  for (let turn = 1; turn <= 9; turn++) {
    await nextTurn();
    expect(went.length).toBeLessThanOrEqual(turn);
  }
  await Promise.all(writers);
  expect(went.join('')).toBe('abcabcabc');
});
