import { createOurs, createUplot, type Contestant } from './engines';
import { ChartFeed } from './feed';

const CHARTS = 12;
const WARM_UP_FRAMES = 20;
/** Frames that one engine draws before the other's turn. */
const TURN_FRAMES = 5;
const FRAME_MS = 1_000 / 60;
/** The number of window lengths, one sample apart, that take turns when everything is drawn again. */
const ZOOMS = 8;

/** `advance`: each frame only moves on; `redraw`: each frame has a new time scale. */
export type RaceKind = 'advance' | 'redraw';

/** How long each frame of twelve charts took, ms, rasterised. */
export interface RaceTimes {
  ours: number[];
  uplot: number[];
}

declare global {
  interface Window {
    race: (points: number, frames: number, kind: RaceKind) => Promise<RaceTimes>;
  }
}

/** Forces a canvas to draw now by reading one pixel, because it draws only when it is read. */
function rasterise(contestants: readonly Contestant[]): void {
  for (const contestant of contestants)
    for (const canvas of contestant.canvases()) canvas.getContext('2d')?.getImageData(0, 0, 1, 1);
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Both engines draw the same twelve charts of four series in turns, a new sample of each series every frame. */
window.race = async (points, frames, kind) => {
  const grid = document.createElement('div');
  grid.className = 'grid';
  const other = document.createElement('div');
  other.className = 'grid';
  document.body.append(grid, other);
  const steps = WARM_UP_FRAMES + frames;
  const mine = Array.from({ length: CHARTS }, () => new ChartFeed(points, steps));
  const theirs = Array.from({ length: CHARTS }, () => new ChartFeed(points, steps));
  const ours = mine.map((feed) => createOurs(grid, feed, points));
  const uplot = theirs.map((feed) => createUplot(other, feed, points));
  await nextFrame();
  await nextFrame();

  const draw = (contestants: readonly Contestant[], feeds: readonly ChartFeed[], frame: number): number => {
    const started = performance.now();
    for (const [i, contestant] of contestants.entries()) {
      feeds[i]?.step();
      if (kind === 'advance') contestant.draw(frame * FRAME_MS);
      else contestant.redraw(frame * FRAME_MS, points - (frame % ZOOMS));
    }
    rasterise(contestants);
    return performance.now() - started;
  };
  const times: RaceTimes = { ours: [], uplot: [] };
  for (let begin = 0; begin < steps; begin += TURN_FRAMES) {
    for (const [contestants, feeds, into] of [
      [ours, mine, times.ours],
      [uplot, theirs, times.uplot],
    ] as const) {
      await nextFrame();
      for (let frame = begin; frame < Math.min(steps, begin + TURN_FRAMES); frame++) {
        const ms = draw(contestants, feeds, frame);
        if (frame >= WARM_UP_FRAMES) into.push(ms);
      }
    }
  }
  for (const contestant of [...ours, ...uplot]) contestant.dispose();
  grid.remove();
  other.remove();
  return times;
};
