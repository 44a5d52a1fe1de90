import { describe, expect, it } from 'vitest';
import { mayOverflow } from './text-room';

describe('the room a text may need', () => {
  it('is that of its letters', () => {
    expect(mayOverflow('', 0)).toBe(false);
    expect(mayOverflow('nas-1', 5)).toBe(false);
    expect(mayOverflow('nas-12', 5)).toBe(true);
    expect(mayOverflow('µg/m³', 5)).toBe(false);
    expect(mayOverflow('датчик', 10)).toBe(false);
  });

  it('is more for capitals', () => {
    expect(mayOverflow('MAINFRAME', 10)).toBe(true);
    expect(mayOverflow('Mainframe', 10)).toBe(false);
  });

  it('is not known of letters that are wide, stacked or joined', () => {
    for (const text of ['温度', '﷽', 'Z̷̡a', '🖨️', '𒈙', '\u202eabc', 'a…', '҉']) {
      expect(mayOverflow(text, 10), text).toBe(true);
    }
  });
});
