import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../tests/fakes/manual-clock';
import { HubLog, hubText } from './hub-log';
import { recordingLogger } from './testing/test-support';

describe('what an agent logs about a hub', () => {
  it('is a few lines a minute, and the number of those left out', () => {
    const clock = new ManualClock();
    const log = recordingLogger();
    const hubLog = new HubLog(log, clock);
    for (let i = 0; i < 1_000; i++) hubLog.warn(`line ${i}`);
    expect(log.lines).toHaveLength(20);
    clock.advance(10_000);
    hubLog.error('and another');
    expect(log.lines.slice(20)).toEqual([
      'warn 980 more lines about the hub were left out',
      'error and another',
    ]);
    clock.advance(3_600_000);
    hubLog.warn('later');
    expect(log.lines.at(-1)).toBe('warn later');
    expect(log.lines).toHaveLength(23);
  });

  it('repeats no more of its words than fits into a line', () => {
    expect(hubText('no\u001b[2J\nmore')).toBe('no\ufffd[2J more');
    expect(hubText('x'.repeat(250_000))).toHaveLength(300);
  });
});
