import { expect, it } from 'vitest';
import { Focus } from './focus';

it('devices are looked at as long as one feed does', () => {
  const focus = new Focus();
  expect(focus.move([], ['a', 'b'])).toEqual(['a', 'b']);
  expect(focus.move([], ['a'])).toEqual([]);
  expect(focus.move(['a', 'b'], ['b', 'c'])).toEqual(['c']);
  expect(['a', 'b', 'c'].map((device) => focus.has(device))).toEqual([true, true, true]);
  expect(focus.move(['a'], [])).toEqual(['a']);
  expect(focus.move(['b', 'c'], [])).toEqual(['b', 'c']);
  expect(focus.has('a')).toBe(false);
});
