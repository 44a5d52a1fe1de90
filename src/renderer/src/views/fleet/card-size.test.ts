import { describe, expect, it } from 'vitest';
import { cardSize, CARD_GAP } from './card-size';

describe('the cards of a fleet', () => {
  it('are large where there are two, and keep their usual size where they must scroll', () => {
    expect(cardSize(2, 1_190, 780).pitch).toBeGreaterThan(60);
    expect(cardSize(1_000, 1_190, 780)).toEqual({ minWidth: 272, height: 157, pitch: 28 });
  });

  it('fit on the page whenever they are larger than usual', () => {
    for (const [width, height] of [
      [358, 600],
      [1_190, 780],
      [3_590, 2_000],
    ] as const) {
      for (let count = 1; count <= 200; count++) {
        const size = cardSize(count, width, height);
        if (size.pitch === 28) continue;
        const columns = Math.max(1, Math.floor((width + CARD_GAP) / (size.minWidth + CARD_GAP)));
        expect(Math.ceil(count / columns) * (size.height + CARD_GAP)).toBeLessThanOrEqual(height);
      }
    }
  });
});
