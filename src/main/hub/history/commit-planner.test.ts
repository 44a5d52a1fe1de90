import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommitPlanner } from './commit-planner';

const POLICY = { commitAtBytes: 100, behindAtBytes: 400, tellEveryMs: 60_000 };

describe('the commit planner', () => {
  it('has nothing to do before anything came', () => {
    const planner = new CommitPlanner(POLICY);
    expect([planner.timing, planner.begin(), planner.newest, planner.durable]).toEqual([null, null, 0, 0]);
  });

  it('commits soon after the first thing came, and at once when there are many bytes', () => {
    const planner = new CommitPlanner(POLICY);
    expect(planner.came()).toBe(true);
    expect(planner.timing).toBe('soon');
    expect([planner.grew(60), planner.timing]).toEqual([false, 'soon']);
    expect([planner.grew(40), planner.timing]).toEqual([true, 'now']);
  });

  it('begins no second commit while one is under way, and says afterwards when the next one is due', () => {
    const planner = new CommitPlanner(POLICY);
    planner.grew(10);
    expect(planner.begin()).toBe('gathered');
    planner.grew(150);
    expect([planner.timing, planner.begin(), planner.durable]).toEqual([null, null, 0]);
    planner.succeeded();
    expect([planner.timing, planner.durable]).toEqual(['now', 1]);
  });

  it('tries a batch that failed before anything that came later', () => {
    const planner = new CommitPlanner(POLICY);
    planner.grew(10);
    planner.begin();
    planner.grew(500);
    planner.failed(0);
    expect([planner.timing, planner.begin(), planner.durable]).toEqual(['retry', 'failed batch', 0]);
    planner.succeeded();
    expect([planner.timing, planner.begin(), planner.durable]).toEqual(['now', 'gathered', 1]);
  });

  it('makes agents wait beyond a line, until a commit takes what is gathered', () => {
    const planner = new CommitPlanner(POLICY);
    planner.grew(50);
    planner.begin();
    planner.grew(400);
    expect(planner.isBehind).toBe(false);
    expect(planner.grew(1)).toBe(true);
    expect(planner.isBehind).toBe(true);
    planner.succeeded();
    expect(planner.isBehind).toBe(true);
    planner.begin();
    expect(planner.isBehind).toBe(false);
  });

  it('has the log told of failures once, now and then while they last, and again after a success', () => {
    const planner = new CommitPlanner(POLICY);
    planner.came();
    const failAt = (time: number): boolean => {
      planner.begin();
      return planner.failed(time);
    };
    expect([0, 1_000, 59_999, 60_000, 61_000].map(failAt)).toEqual([true, false, false, true, false]);
    planner.begin();
    planner.succeeded();
    planner.came();
    expect(failAt(62_000)).toBe(true);
  });

  it('begins nothing once it is closed', () => {
    const planner = new CommitPlanner(POLICY);
    planner.came();
    planner.close();
    expect([planner.timing, planner.begin()]).toEqual([null, null]);
  });

  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ op: fc.constant('row' as const), bytes: fc.integer({ min: 8, max: 200 }) }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('came' as const) }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('begin' as const) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('succeeded' as const) }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('failed' as const) }) },
  );

  it('loses nothing, keeps the order and acknowledges what is on disk, whatever fails', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const planner = new CommitPlanner(POLICY);
        /** For each item that was added, the commit that the planner promised it to. */
        const came: number[] = [];
        let gathered: number[] = [];
        let unfinished: number[] = [];
        const disk: number[] = [];
        let bytes = 0;
        let isUnderWay = false;
        let wasBehind = false;

        const run = (op: (typeof steps)[number]): void => {
          const durableBefore = planner.durable;
          let tookGathered = false;
          if (op.op === 'row' || op.op === 'came') {
            came.push(planner.gathering);
            gathered.push(planner.gathering);
            if (op.op === 'came') planner.came();
            else {
              bytes += op.bytes;
              planner.grew(op.bytes);
            }
          } else if (op.op === 'begin') {
            const work = planner.begin();
            if (isUnderWay) expect(work).toBeNull();
            else if (work === 'gathered') {
              expect(unfinished).toEqual([]);
              [unfinished, gathered, bytes, tookGathered] = [gathered, [], 0, true];
            } else if (work === 'failed batch') expect(unfinished).not.toEqual([]);
            else expect([...unfinished, ...gathered]).toEqual([]);
            isUnderWay ||= work !== null;
          } else if (isUnderWay) {
            isUnderWay = false;
            if (op.op === 'failed') planner.failed(0);
            else {
              planner.succeeded();
              disk.push(...unfinished);
              unfinished = [];
            }
          }
          // Nothing is lost or out of order.
          expect([...disk, ...unfinished, ...gathered]).toEqual(came);
          // Everything acknowledged is on disk, and everything on disk is acknowledged.
          expect(planner.durable).toBeGreaterThanOrEqual(durableBefore);
          expect(came.filter((number) => number <= planner.durable)).toEqual(disk);
          expect(planner.newest).toBe(Math.max(planner.durable, ...came));
          // Reading stops above the limit, and continues only when the gathered data is taken.
          expect(planner.isBehind).toBe(!tookGathered && (wasBehind || bytes > POLICY.behindAtBytes));
          wasBehind = planner.isBehind;
          expect(planner.timing === null).toBe(isUnderWay || unfinished.length + gathered.length === 0);
        };

        for (const one of steps) run(one);
        for (let i = 0; i < 3; i++)
          for (const op of ['succeeded', 'begin', 'succeeded'] as const) run({ op });
        expect(disk).toEqual(came);
        expect([planner.timing, planner.isBehind]).toEqual([null, false]);
      }),
    );
  });
});
