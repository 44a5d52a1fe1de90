import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitBounds } from './window-bounds';

const PRIMARY = { x: 0, y: 0, width: 1920, height: 1040 };
const RIGHT = { x: 1920, y: 0, width: 2560, height: 1400 };

describe('remembered window bounds', () => {
  it('centre a first window on the primary display', () => {
    expect(fitBounds(null, [PRIMARY])).toEqual({ x: 320, y: 110, width: 1280, height: 820 });
  });

  it('stay as they were, on whichever display', () => {
    const remembered = { x: 2000, y: 100, width: 1200, height: 900 };
    expect(fitBounds(remembered, [PRIMARY, RIGHT])).toEqual(remembered);
  });

  it('come home when their display was unplugged', () => {
    const remembered = { x: 2000, y: 100, width: 1200, height: 900 };
    expect(fitBounds(remembered, [PRIMARY])).toEqual({ x: 360, y: 70, width: 1200, height: 900 });
  });

  it('shrink to a smaller display', () => {
    const small = { x: 0, y: 0, width: 1024, height: 700 };
    expect(fitBounds({ x: 0, y: 0, width: 1920, height: 1040 }, [small])).toEqual(small);
  });

  it('always leave a title bar to drag and never exceed a display', () => {
    const wild = fc.integer({ min: -100_000, max: 100_000 });
    const size = fc.integer({ min: -10, max: 100_000 });
    fc.assert(
      fc.property(fc.record({ x: wild, y: wild, width: size, height: size }), (remembered) => {
        const fitted = fitBounds(remembered, [PRIMARY, RIGHT]);
        const home = [PRIMARY, RIGHT].find(
          (area) =>
            fitted.x < area.x + area.width &&
            fitted.x + fitted.width > area.x &&
            fitted.y >= area.y &&
            fitted.y < area.y + area.height,
        );
        expect(home).toBeDefined();
        expect(fitted.width).toBeLessThanOrEqual(RIGHT.width);
        expect(fitted.height).toBeLessThanOrEqual(RIGHT.height);
        expect(fitted.width).toBeGreaterThanOrEqual(720);
      }),
    );
  });
});
