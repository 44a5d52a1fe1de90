import { describe, expect, it } from 'vitest';
import { CapturingLog } from '../../../tests/fakes/capturing-log';
import { createPageFaults } from './page-faults';

const LONG = 'x'.repeat(100_000);

function setup() {
  const log = new CapturingLog();
  const clock = { time: 0, monotonic: () => clock.time };
  return { log, clock, report: createPageFaults(log, clock) };
}

describe('an error that the page did not catch', () => {
  it('is in the log with its stack', () => {
    const { log, report } = setup();
    report('TypeError: x is undefined\n    at draw (app.js:1:1)');
    expect(log.stacks('PAGE_FAILED')).toEqual(['TypeError: x is undefined\n    at draw (app.js:1:1)']);
  });

  it('is not taken in other forms than text', () => {
    const { log, report } = setup();
    report({ toString: () => 'd' });
    report(undefined);
    expect(log.lines).toEqual([]);
  });

  it('fills no disk, by length or by number', () => {
    const { log, clock, report } = setup();
    for (let n = 0; n < 500; n++) report(`${n} ${LONG}`);
    expect(log.lines).toHaveLength(20);
    expect(log.stacks('PAGE_FAILED')[0]).toHaveLength(16_384);
    clock.time += 5_000;
    report('later');
    expect(log.lines).toHaveLength(21);
  });
});
