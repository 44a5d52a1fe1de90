import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayText } from './display-text';

describe('displayText', () => {
  it.each([
    ['desk-pi', 'desk-pi'],
    ['  Anna’s   Büro-PC ', 'Anna’s Büro-PC'],
    ['温度センサー 2号', '温度センサー 2号'],
    ['דוד (office)', 'דוד (office)'],
    ['👩‍🔧 workshop ❤️', '👩‍🔧 workshop ❤️'],
    ['می‌خواهم', 'می‌خواهم'],
    ['<b>a</b> & "b"', '<b>a</b> & "b"'],
  ])('leaves what people write alone: %s', (words, shown) => {
    expect(displayText(words)).toBe(shown);
  });

  it.each([
    ['lines', 'nas\r\n12:00 error you\u2028are\u2029hacked', 'nas 12:00 error you are hacked'],
    ['terminal codes', '\u001b[31mred\u009b2J\u0007', '\ufffd[31mred\ufffd2J\ufffd'],
    ['turned directions', 'gpj.\u202eexe.\u2066nas\u2069\u200f', 'gpj.exe.nas'],
    ['what hides', 'n\u200ba\u2060s\ufeff\u00ad\u{e0041} \u200b x', 'nas x'],
    ['half characters', 'a\ud83db', 'a\ufffdb'],
    ['piles of marks', `a${'\u0301'.repeat(40)}b`, `a${'\u0301'.repeat(4)}b`],
    ['chains of joiners', `a${'\u200d'.repeat(40)}b`, 'a\u200db'],
    ['what looks like nothing', ' \u200b\u3164\u2800\u00a0\ufe0f', ''],
  ])('takes the power from %s', (_, words, shown) => {
    expect(displayText(words)).toBe(shown);
  });

  it('never cuts a character in two', () => {
    expect(displayText('ab👍', 3)).toBe('ab');
    expect(displayText('ab👍', 4)).toBe('ab👍');
  });

  it('gives one safe line whatever it is given, and the same when asked again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(70), (words, max) => {
        const shown = displayText(words, max);
        expect(shown.length).toBeLessThanOrEqual(max);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(displayText(displayText(words))).toBe(displayText(words));
      }),
    );
  });
});
