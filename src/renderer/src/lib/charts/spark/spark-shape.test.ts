import { describe, expect, it } from 'vitest';
import { SeriesBuffer } from '../../hub/series-buffer';
import { sparkShape, type SparkScale } from './spark-shape';

const box = { width: 100, height: 23, top: 0, from: 0, to: 100_000, pixelMs: 1_000 };
const percent: SparkScale = { unit: '1', min: 0, max: 1 };

function bufferOf(samples: [time: number, value: number][]): SeriesBuffer {
  const buffer = new SeriesBuffer({ windowMs: 1_000_000 });
  for (const [time, value] of samples) buffer.push(time, value);
  return buffer;
}

describe('a sparkline', () => {
  it('is empty without samples', () => {
    expect(sparkShape(bufferOf([]), percent, box)).toEqual({ line: '', area: '' });
  });

  it('goes from the bottom for nothing to the top for everything', () => {
    const { line, area } = sparkShape(
      bufferOf([
        [0, 0],
        [50_000, 1],
        [100_000, 0],
      ]),
      percent,
      box,
    );
    expect(line).toBe('M0 21.5L50 1.5L100 21.5');
    expect(area).toBe('M0 23L0 21.5L50 1.5L100 21.5V23Z');
  });

  it('breaks where the device was silent, and shows a lonely sample as a dot', () => {
    const samples: [number, number][] = [];
    for (let s = 0; s < 20; s++) samples.push([s * 1_000, 0.5]);
    samples.push([60_000, 0.5]);
    const { line } = sparkShape(bufferOf(samples), percent, box);
    expect(line.match(/M/g)).toHaveLength(2);
    expect(line).toMatch(/h\.01$/);
  });

  it('lies lower in a picture with others above it', () => {
    const samples: [number, number][] = [
      [0, 0],
      [1_000, 0],
    ];
    expect(sparkShape(bufferOf(samples), percent, { ...box, top: 28 }).line).toBe('M0 49.5L1 49.5');
  });
});
