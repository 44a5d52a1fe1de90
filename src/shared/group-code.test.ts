import { describe, expect, it } from 'vitest';
import { groupCode } from './group-code';

describe('digits to compare', () => {
  it.each([
    ['482913', '482 913'],
    ['7392', '7392'],
    ['4829137', '4829 137'],
  ])('%s reads %s', (code, grouped) => {
    expect(groupCode(code)).toBe(grouped);
  });
});
