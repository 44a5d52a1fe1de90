import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/**
 * The series colours of tokens.css as people see them. Colour blindness after Machado, Oliveira & Fernandes, "A
 * Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), at full severity, on linear sRGB;
 * distances are Euclidean in OKLab, where 0.02 is about the least that is noticed.
 */
type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const SIGHT: Record<string, Matrix> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const TO_LMS: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const FROM_LMS: Matrix = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];
const LMS_TO_LAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

const times = (m: Matrix, [x, y, z]: Triple): Triple => {
  const [a, b, c] = m.map((row) => row[0] * x + row[1] * y + row[2] * z);
  return [a ?? 0, b ?? 0, c ?? 0];
};
const within = ([r, g, b]: Triple): Triple => {
  const cut = (value: number) => Math.min(1, Math.max(0, value));
  return [cut(r), cut(g), cut(b)];
};

/** `oklch(L% C H)` as linear sRGB. */
function linearOf(lightness: number, chroma: number, hue: number): Triple {
  const angle = (hue * Math.PI) / 180;
  const [l, a, b] = [lightness / 100, chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const cube = (value: number) => value ** 3;
  return within(
    times(FROM_LMS, [
      cube(l + 0.3963377774 * a + 0.2158037573 * b),
      cube(l - 0.1055613458 * a - 0.0638541728 * b),
      cube(l - 0.0894841775 * a - 1.291485548 * b),
    ]),
  );
}

function labOf(linear: Triple): Triple {
  const [l, m, s] = times(TO_LMS, linear);
  return times(LMS_TO_LAB, [Math.cbrt(l), Math.cbrt(m), Math.cbrt(s)]);
}

const luminance = ([r, g, b]: Triple) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (a: Triple, b: Triple) => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

const TOKENS = new URL('../src/renderer/src/lib/theme/tokens.css', import.meta.url);
const css = readFileSync(TOKENS, 'utf8').replaceAll('var(--h)', '250');

function token(name: string, theme: 'light' | 'dark'): Triple {
  const found = new RegExp(`--${name}: light-dark\\(oklch\\(([^)]*)\\), oklch\\(([^)]*)\\)\\)`).exec(css);
  const [l = NaN, c = NaN, h = NaN] = (found?.[theme === 'light' ? 1 : 2] ?? '').split(' ').map(parseFloat);
  expect(Number.isFinite(l + c + h), `--${name}`).toBe(true);
  return linearOf(l, c, h);
}

describe.each(['light', 'dark'] as const)('the colours of series in the %s theme', (theme) => {
  const colors = [1, 2, 3, 4, 5, 6, 7, 8].map((slot) => token(`s${slot}`, theme));
  const panel = token('panel', theme);

  it('stand out from the panel', () => {
    for (const color of colors) expect(contrast(color, panel)).toBeGreaterThan(2.4);
  });

  it.each(Object.entries(SIGHT))('are told apart with %s sight', (_, matrix) => {
    const labs = colors.map((color) => labOf(within(times(matrix, color))));
    for (const [i, a] of labs.entries()) {
      for (const [j, b] of labs.slice(0, i).entries()) {
        const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        // The first four are what nearly every chart is drawn with.
        const least = i < 4 && j < 4 ? 0.095 : 0.045;
        expect(distance, `--s${j + 1} and --s${i + 1}`).toBeGreaterThan(least);
      }
    }
  });
});
