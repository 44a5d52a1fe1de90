import { describe, expect, it } from 'vitest';
import { heldList } from './held-list';

const items = (...ids: string[]) => ids.map((id) => ({ id }));

describe('a list under a pointer', () => {
  it('is the whole list while nobody holds it', () => {
    expect(heldList(items('new', 'a'), null)).toEqual({ list: items('new', 'a'), newcomers: 0 });
  });

  it('counts newcomers instead of moving what is there', () => {
    expect(heldList(items('newest', 'new', 'a', 'b'), ['a', 'b'])).toEqual({
      list: items('a', 'b'),
      newcomers: 2,
    });
  });

  it('lets go of what has been decided', () => {
    expect(heldList(items('b'), ['a', 'b'])).toEqual({ list: items('b'), newcomers: 0 });
  });
});
