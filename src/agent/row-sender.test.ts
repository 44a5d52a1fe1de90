import { describe, expect, it } from 'vitest';
import type { WelcomeMessage } from '@shared/protocol/hub-messages';
import type { AgentMessage, BacklogMessage, LostMessage, RowsMessage } from '@shared/protocol/agent-messages';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { HubClock } from './hub-clock';
import { createMemoryQueue } from './memory-queue';
import { RowSender } from './row-sender';
import type { Schema } from './schema';
import { SpoolQueue } from './spool/spool-queue';
import { recordingLogger, temporaryFolder } from './testing/test-support';
import { ManualClock } from '../../tests/fakes/manual-clock';

const WIDTH = 50;
const wide: Schema = {
  version: 1,
  series: Array.from({ length: WIDTH }, (_, i) => ({ name: `metric.number.${i}` })),
};
const roomy = { ageMs: 1e12, bytes: 1e12 };

/** A sender, and a hub that acknowledges every `ackEveryMs`, without a network or a real clock in between. */
function connect(queue = createMemoryQueue(roomy), more: Partial<WelcomeMessage> = {}, ackEveryMs = 500) {
  const clock = new ManualClock();
  const hello = queue.currentStream;
  const sent: (AgentMessage & { at: number })[] = [];
  const acked = new Map<string, number>();
  const link = {
    send: (text: string) => void sent.push({ ...(JSON.parse(text) as AgentMessage), at: clock.monotonic() }),
    backlogBytes: 0,
    close() {},
  };
  const welcome: WelcomeMessage = {
    type: 'welcome',
    protocol: 1,
    session: 's',
    device: 'd',
    state: 'approved',
    hubTime: clock.now(),
    intervalMs: 1_000,
    limits: DEFAULT_LIMITS,
    ...more,
  };
  const sender = new RowSender(link, queue, new HubClock(clock), hello, welcome, clock);
  clock.every(ackEveryMs, () => {
    for (const message of rows()) acked.set(message.stream ?? hello, message.seq);
    for (const [stream, seq] of acked) sender.acknowledge(stream === hello ? undefined : stream, seq);
  });
  const of = <T extends AgentMessage['type']>(type: T) =>
    sent.filter(
      (message): message is Extract<AgentMessage, { type: T }> & { at: number } => message.type === type,
    );
  const rows = (): (RowsMessage & { at: number })[] => of('rows');
  const samplesIn = (from: number, to: number) =>
    rows()
      .filter(({ at }) => at >= from && at < to)
      .reduce((sum, { rows: some }) => sum + some.reduce((n, row) => n + row.length - 1, 0), 0);
  return { clock, sender, sent, link, queue, hello, rows, samplesIn, of };
}

function fill(queue: ReturnType<typeof createMemoryQueue>, count: number): void {
  for (let i = 0; i < count; i++) queue.push(i * 1_000, wide, new Array<number>(WIDTH).fill(i), true);
}

describe('the row sender', () => {
  it('delivers an hour of backlog within 20 s, below 60 % of the limits, while live rows go at once', () => {
    const queue = createMemoryQueue(roomy);
    fill(queue, 3_600);
    const old = queue.currentStream;
    queue.openStream();
    const { clock, sender, rows, samplesIn, hello } = connect(queue);
    let seconds = 0;
    for (; queue.countAfter(old, 0) > 0 && seconds < 60; seconds++) {
      queue.push(4e6 + seconds, wide, new Array<number>(WIDTH).fill(0), true);
      sender.sendLive();
      expect(rows().at(-1)).toMatchObject({ seq: seconds + 1, at: clock.monotonic() });
      expect(rows().at(-1)?.stream).toBeUndefined();
      clock.advance(1_000);
    }
    expect(seconds).toBeLessThanOrEqual(20);
    for (let second = 1; second < seconds; second++) {
      expect(samplesIn(second * 1_000, (second + 1) * 1_000)).toBeLessThanOrEqual(12_000 * 1.06);
      const messages = rows().filter(({ at }) => Math.floor(at / 1_000) === second);
      expect(messages.length).toBeLessThanOrEqual(120);
    }
    const backlog = rows().filter(({ stream }) => stream === old);
    expect(backlog.flatMap((m) => m.rows.map((row) => row[1]))).toEqual(
      Array.from({ length: 3_600 }, (_, i) => i),
    );
    expect(hello).toBe(queue.currentStream);
    for (const message of backlog)
      expect(JSON.stringify(message).length).toBeLessThan(DEFAULT_LIMITS.messageBytes);
  });

  it('says how far the backlog is, once a second and when it is done', () => {
    const queue = createMemoryQueue(roomy);
    fill(queue, 1_000);
    queue.openStream();
    const { clock, of } = connect(queue);
    clock.advance(30_000);
    const reports: (BacklogMessage & { at: number })[] = of('backlog');
    expect(reports[0]).toMatchObject({ remaining: 1_000, total: 1_000, at: 0 });
    expect(reports.at(-1)).toMatchObject({ remaining: 0, total: 1_000 });
    expect(reports.filter(({ remaining }) => remaining === 0)).toHaveLength(1);
    expect(reports.length).toBeGreaterThanOrEqual(4);
    const remaining = reports.map((report) => report.remaining);
    expect(remaining).toEqual([...remaining].sort((a, b) => b - a));
    const gaps = reports.slice(1, -1).map(({ at }, i) => at - (reports[i]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
  });

  it('does not count as backlog what the hub has already', () => {
    const queue = createMemoryQueue(roomy);
    fill(queue, 100);
    const old = queue.currentStream;
    queue.openStream();
    const { clock, of } = connect(queue, { acked: { [old]: 100, 'a stream of somebody else': 7 } });
    clock.advance(5_000);
    expect(of('backlog')).toEqual([]);
    expect(of('rows')).toEqual([]);
  });

  it('says nothing more of it to a hub that does not understand', () => {
    const queue = createMemoryQueue(roomy);
    fill(queue, 1_000);
    queue.openStream();
    const { clock, sender, of } = connect(queue);
    sender.stopProgress();
    clock.advance(30_000);
    expect(of('backlog')).toHaveLength(1);
    expect(queue.rowCount).toBe(0);
  });

  it('keeps to limits that are small, and still gets there beside live rows that use them up', () => {
    const queue = createMemoryQueue(roomy);
    fill(queue, 60);
    const old = queue.currentStream;
    queue.openStream();
    const limits = { ...DEFAULT_LIMITS, samplesPerSec: 100, messagesPerSec: 3 };
    const { clock, sender, samplesIn } = connect(queue, { limits });
    for (let second = 0; second < 200; second++) {
      queue.push(second, wide, new Array<number>(WIDTH).fill(0), true);
      sender.sendLive();
      clock.advance(1_000);
    }
    expect(samplesIn(20_000, 120_000) / 100).toBeLessThanOrEqual(75);
    expect(queue.countAfter(old, 0)).toBe(0);
  });

  it('sends no more backlog than a hub confirms, and none past a full send buffer', () => {
    const queue = createMemoryQueue(roomy);
    fill(queue, 3_600);
    queue.openStream();
    const { clock, rows, samplesIn, link } = connect(queue, {}, 1e9);
    clock.advance(10_000);
    expect(samplesIn(0, 1e9)).toBeLessThanOrEqual(25_000);
    expect(rows().length).toBeLessThanOrEqual(32);
    const second = connect(createMemoryQueue(roomy));
    second.link.backlogBytes = link.backlogBytes = 100_000;
    fill(second.queue, 10);
    second.queue.openStream();
    second.clock.advance(5_000);
    expect(second.rows()).toHaveLength(0);
  });

  it('gives schemas of earlier runs versions of their own on this connection', () => {
    const folder = temporaryFolder();
    const limits = { bytes: 1e9, ageMs: 1e12 };
    const spool = () => new SpoolQueue({ folder, limits, clock: new ManualClock(), log: recordingLogger() });
    const other: Schema = { version: 1, series: [{ name: 'other' }] };
    const before = spool();
    for (let i = 0; i < 3; i++) before.push(i, { version: 1, series: [{ name: 'old' }] }, [i], true);
    before.close();
    const queue = spool();
    const { clock, sender, of } = connect(queue);
    queue.push(9, other, [9], true);
    sender.sendLive();
    clock.advance(1_000);
    const names = new Map(of('schema').map(({ version, series }) => [version, series[0]?.name]));
    expect(names.size).toBe(2);
    expect(of('rows').map((m) => [names.get(m.schema), m.rows.length, m.seq])).toEqual([
      ['other', 1, 1],
      ['old', 3, 3],
    ]);
  });

  it('tells what is lost again until rows sent after it are confirmed', () => {
    const queue = createMemoryQueue({ ageMs: 1e12, bytes: 2 * (24 + WIDTH * 12) });
    fill(queue, 5);
    const first = connect(queue, {}, 1e9);
    const lost: LostMessage[] = first.of('lost');
    expect(lost).toMatchObject([{ from: 0, to: 2_000, count: 3 * WIDTH }]);
    first.sender.dispose();
    const second = connect(queue);
    expect(second.of('lost')).toHaveLength(1);
    second.clock.advance(1_000);
    second.sender.dispose();
    expect(connect(queue).of('lost')).toEqual([]);
  });
});
