import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RowQueue } from '../queue';
import type { Schema } from '../schema';
import { eventually } from '../../../tests/patience';
import { recordingLogger, temporaryFolder } from '../testing/test-support';
import { ManualClock } from '../../../tests/fakes/manual-clock';
import { finishFrame } from './frame';
import { jsonFrame, KIND, SEAL_FRAME_BYTES } from './segment-format';
import { diskFiles, type SpoolFiles } from './spool-files';
import { DEFAULT_SPOOL_LIMITS, SpoolQueue, type SpoolLimits } from './spool-queue';

const schema = (width: number): Schema => ({
  version: 1,
  series: Array.from({ length: width }, (_, i) => ({ name: `s${i}` })),
});
const one = schema(1);
const MIB = 1024 * 1024;

function open(
  folder: string,
  limits: Partial<SpoolLimits> = {},
  files?: SpoolFiles,
  clock = new ManualClock(),
) {
  const log = recordingLogger();
  const queue = new SpoolQueue({ folder, limits: { ...DEFAULT_SPOOL_LIMITS, ...limits }, clock, log, files });
  return { queue, log, clock };
}

/** All waiting rows, stream by stream, in order. */
function rowsOf(queue: RowQueue) {
  return queue.streams.flatMap((stream) => {
    const rows = [];
    for (let after = 0; ;) {
      const some = queue.take(stream, after, 1e9, 1e12);
      if (some.length === 0) return rows;
      rows.push(...some.map((row) => ({ stream, ...row })));
      after = some.at(-1)?.seq ?? after;
    }
  });
}
const firstValues = (queue: RowQueue) => rowsOf(queue).map(({ values }) => values[0]);
const segments = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.seg'));
const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

describe('the spool', () => {
  it('does not write a large schema anew with each row that is confirmed', () => {
    const folder = temporaryFolder();
    const { queue } = open(folder);
    const series = upTo(1_000).map((i) => ({ name: `series${i}`, labels: { x: 'y'.repeat(100) } }));
    const seen = new Set<string>();
    const same = { version: 1, series };
    for (const i of upTo(20)) {
      queue.push(2_000 + i, same, upTo(1_000), true);
      queue.acknowledge(queue.currentStream, i + 1);
      for (const name of segments(folder)) seen.add(name);
    }
    expect(seen.size).toBeLessThan(3);
    queue.close();
  });

  it('has the rows of an earlier run again, on their old stream with their old numbers', () => {
    const folder = temporaryFolder();
    const before = open(folder).queue;
    const old = before.currentStream;
    for (const i of upTo(5)) before.push(1_000 + i, one, [i], true);
    before.acknowledge(old, 2);
    // The process ends here without closing anything.
    const { queue, log } = open(folder);
    expect(log.lines.join()).toContain('5 unsent rows from an earlier run');
    queue.acknowledge(old, 2);
    queue.push(2_000, one, [99], true);
    expect(queue.streams).toEqual([old, queue.currentStream]);
    expect(rowsOf(queue).map(({ stream, seq, t, values }) => [stream === old, seq, t, values[0]])).toEqual([
      [true, 3, 1_002, 2],
      [true, 4, 1_003, 3],
      [true, 5, 1_004, 4],
      [false, 1, 2_000, 99],
    ]);
    expect(queue.take(old, 0, 9, 1e9)[0]?.schema.series).toEqual(one.series);
  });

  it('deletes what is confirmed, file by file, and leaves nothing behind', () => {
    const folder = temporaryFolder();
    const { queue } = open(folder, { bytes: MIB });
    for (const i of upTo(60_000)) queue.push(i, one, [i], true);
    const stream = queue.currentStream;
    const files = segments(folder).length;
    expect(files).toBeGreaterThan(4);
    const { byteCount } = queue;
    const sizes = segments(folder).map((name) => statSync(join(folder, name)).size);
    expect(byteCount).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(byteCount).toBeLessThanOrEqual(MIB);
    const first = queue.take(stream, 0, 1, 1)[0]?.seq ?? 0;
    queue.acknowledge(stream, first + 20_000);
    expect(segments(folder).length).toBeLessThan(files);
    expect(queue.take(stream, 0, 1, 1)[0]?.seq).toBe(first + 20_001);
    queue.acknowledge(stream, 60_000);
    expect(queue.rowCount).toBe(0);
    queue.close();
    expect(segments(folder)).toEqual([]);
  });

  it('stays small while the hub confirms in time, and does not wait for the disk', () => {
    const folder = temporaryFolder();
    let syncs = 0;
    const files: SpoolFiles = { ...diskFiles, sync: (_, done) => (syncs++, done(null)) };
    const { queue, clock } = open(folder, {}, files);
    for (const i of upTo(3_000)) {
      queue.push(i, schema(50), upTo(50, i), true);
      clock.advance(500);
      queue.acknowledge(queue.currentStream, i + 1);
      clock.advance(500);
      expect(queue.byteCount).toBeLessThan(40 * 1024);
    }
    expect(segments(folder)).toHaveLength(1);
    expect(syncs).toBe(0);
    queue.push(0, one, [0], true);
    clock.advance(5_000);
    expect(syncs).toBe(1);
  });

  it('starts without reading what is sealed', () => {
    const folder = temporaryFolder();
    const before = open(folder, { bytes: MIB }).queue;
    for (const i of upTo(30_000)) before.push(i, one, [i], true);
    before.close();
    let reads = 0;
    const read: SpoolFiles['read'] = (path) => {
      if (path.endsWith('.seg')) reads++;
      return diskFiles.read(path);
    };
    const { queue } = open(folder, { bytes: MIB, ageMs: 1e12 }, { ...diskFiles, read });
    expect(queue.rowCount).toBe(30_000);
    expect(reads).toBe(0);
    expect(firstValues(queue)).toEqual(upTo(30_000));
  });

  it('keeps a settled time as it was settled', () => {
    const folder = temporaryFolder();
    const first = open(folder).queue;
    const stream = first.currentStream;
    for (const i of upTo(3)) first.push(i, one, [i], i === 1);
    const second = open(folder).queue;
    second.settle(stream, 3, 1_000);
    expect(rowsOf(second).map(({ t }) => t)).toEqual([1_000, 1, 1_002]);
    const third = open(folder).queue;
    third.settle(stream, 3, 77);
    expect(rowsOf(third).map(({ t, settled }) => [t, settled])).toEqual([
      [1_000, true],
      [1, true],
      [1_002, true],
    ]);
    third.push(5, one, [5], false);
    third.settle(third.currentStream, 1, 10);
    expect(rowsOf(open(folder).queue).at(-1)?.t).toBe(15);
  });

  it('moves waiting times with the clock as often as it is set, also over restarts', () => {
    const folder = temporaryFolder();
    const first = open(folder).queue;
    const stream = first.currentStream;
    for (const i of upTo(3)) first.push(i, one, [i], i === 1);
    first.shift(1_000);
    first.push(1_010, one, [4], false);
    first.shift(-400);
    const times = (queue: SpoolQueue) => rowsOf(queue).map(({ t, settled }) => [t, settled]);
    const moved = [
      [600, false],
      [1, true],
      [602, false],
      [610, false],
    ];
    expect(times(first)).toEqual(moved);
    const second = open(folder).queue;
    expect(times(second)).toEqual(moved);
    second.settle(stream, 4, 7);
    expect(times(open(folder).queue).map(([t]) => t)).toEqual([607, 1, 609, 617]);
  });

  it('moves the times of sealed segments too', () => {
    const folder = temporaryFolder();
    const first = open(folder).queue;
    const count = 40_000;
    for (const i of upTo(count)) first.push(i, one, [i], false);
    first.shift(1_000);
    expect(rowsOf(first).map(({ t }) => t)).toEqual(upTo(count).map((i) => i + 1_000));
    expect(rowsOf(open(folder).queue).map(({ t }) => t)).toEqual(upTo(count).map((i) => i + 1_000));
  });

  it('tells what is lost when its last file has lost its end after a close, and once', () => {
    const folder = temporaryFolder();
    const first = open(folder).queue;
    for (const i of upTo(100)) first.push(i * 1_000, one, [Math.random()], true);
    first.close();
    const [segment = ''] = segments(folder);
    const path = join(folder, segment);
    truncateSync(path, Math.floor(statSync(path).size / 2));
    const { queue, log } = open(folder);
    const left = rowsOf(queue).length;
    expect(left).toBeLessThan(60);
    expect(log.lines.join()).toContain('has lost its end');
    expect(queue.takeLost()).toEqual({
      from: (left - 1) * 1_000,
      to: 99_000,
      samples: 100 - left,
      settled: true,
    });
    queue.lostTold(true);
    queue.close();
    expect(open(folder).queue.takeLost()).toBeNull();
  });

  it('tells nothing of a file without an end that was never closed', () => {
    const folder = temporaryFolder();
    const { queue } = open(folder);
    for (const i of upTo(100)) queue.push(i * 1_000, one, [Math.random()], true);
    const [segment = ''] = segments(folder);
    const path = join(folder, segment);
    truncateSync(path, Math.floor(statSync(path).size / 2));
    expect(open(folder).queue.takeLost()).toBeNull();
  });

  it('drops the oldest beyond its size and age, and still knows how much after a restart', () => {
    const folder = temporaryFolder();
    const { queue } = open(folder, { bytes: MIB });
    for (const i of upTo(100_000)) queue.push(i, one, [i], true);
    const left = firstValues(queue);
    expect(left.length).toBeLessThan(100_000);
    expect(left).toEqual(upTo(left.length, 100_000 - left.length));
    const again = open(folder, { bytes: MIB, ageMs: 1e12 }).queue;
    const gone = 100_000 - left.length;
    expect(again.takeLost()).toEqual({ from: 0, to: gone - 1, samples: gone, settled: true });
    expect(again.takeLost()).toBeNull();
    // The link ended before the hub could confirm the report, so it is sent again.
    again.lostTold(false);
    expect(again.takeLost()?.samples).toBe(gone);
    again.lostTold(true);
    expect(open(folder, { ageMs: 1e12 }).queue.takeLost()).toBeNull();

    const late = open(folder, { ageMs: 1e12 }).queue;
    late.push(500_000, one, [null], true);
    expect(late.rowCount).toBe(left.length + 1);
    const strict = open(folder, { ageMs: 1_000 }).queue;
    strict.push(600_000, one, [1], true);
    expect(firstValues(strict)).toEqual([1]);
    expect(strict.takeLost()?.samples).toBe(left.length);
  });

  it('leaves half of the free space to others', () => {
    const folder = temporaryFolder();
    let used = 0;
    const files: SpoolFiles = {
      ...diskFiles,
      freeBytes: () => 40 * MIB - used,
      write: (fd, bytes) => ((used += bytes.length), diskFiles.write(fd, bytes)),
      remove: (path) => ((used -= statSync(path).size), diskFiles.remove(path)),
    };
    const { queue } = open(folder, {}, files);
    const wide = schema(1_000);
    for (const i of upTo(4_000)) queue.push(i, wide, upTo(1_000, i), true);
    expect(queue.byteCount).toBeGreaterThan(17 * MIB);
    expect(queue.byteCount).toBeLessThan(21 * MIB);
    expect(queue.takeLost()?.samples).toBe((4_000 - queue.rowCount) * 1_000);
  });

  it('counts only what the hub did not have of a segment that it drops', () => {
    const folder = temporaryFolder();
    const { queue } = open(folder, { ageMs: 8_000 });
    for (const i of upTo(10)) queue.push(i * 100, one, [i], true);
    queue.acknowledge(queue.currentStream, 4);
    queue.push(60_000, one, [10], true);
    expect(queue.takeLost()).toEqual({ from: 400, to: 900, samples: 6, settled: true });
  });

  it('cuts what a crash left half written and goes on', () => {
    const folder = temporaryFolder();
    for (const i of upTo(3)) open(folder).queue.push(i, one, [i], true);
    const [a, b, c] = segments(folder).map((name) => join(folder, name)) as [string, string, string];
    appendFileSync(a, readFileSync(b).subarray(0, 50));
    truncateSync(b, statSync(b).size - SEAL_FRAME_BYTES - 3);
    writeFileSync(c, '');
    const { queue, log } = open(folder);
    expect(firstValues(queue)).toEqual([0]);
    expect(segments(folder)).toHaveLength(1);
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
    queue.push(9, one, [9], true);
    expect(firstValues(open(folder).queue)).toEqual([0, 9]);
  });

  it.each([
    ['sealed', true, 1],
    ['young', false, 1],
    ['sealed', true, 4_096],
    ['young', false, 4_096],
  ])('counts and logs damage to a %s segment once, and gives the rest', (_name, isSealed, count) => {
    const folder = temporaryFolder();
    const before = open(folder).queue;
    for (const i of upTo(1_000)) before.push(i, one, [i], true);
    if (isSealed) before.close();
    const path = join(folder, segments(folder)[0] ?? '');
    const bytes = readFileSync(path);
    for (let i = 0; i < count; i++)
      bytes[i + (bytes.length >> 1)] = (bytes[i + (bytes.length >> 1)] ?? 0) ^ 0xa5;
    writeFileSync(path, bytes);
    const { queue, log } = open(folder, { ageMs: 1e12 });
    const [stream = ''] = queue.streams;
    const left = firstValues(queue);
    expect(left.length).toBeGreaterThan(999 - (count === 1 ? 1 : 4_096 / 30));
    expect(left.length).toBeLessThan(1_000);
    expect(left.at(-1)).toBe(999);
    expect(queue.take(stream, 998, 1, 1e9)[0]).toMatchObject({ seq: 999, values: [998] });
    expect(queue.takeLost()?.samples).toBe(1_000 - left.length);
    expect(log.lines.filter((line) => line.includes('damaged'))).toHaveLength(1);
    queue.lostTold(true);
    queue.close();
    const again = open(folder, { ageMs: 1e12 });
    expect(firstValues(again.queue)).toEqual(left);
    expect(again.queue.takeLost()).toBeNull();
    again.queue.acknowledge(stream, 1_000);
    expect(again.queue.rowCount).toBe(0);
  });

  it.each([1, 4_096])(
    'gives what follows a start of which %d bytes are damaged, or says that it is lost',
    (count) => {
      const folder = temporaryFolder();
      const before = open(folder).queue;
      for (const i of upTo(1_000)) before.push(i, one, [i], true);
      before.close();
      const path = join(folder, segments(folder)[0] ?? '');
      const bytes = readFileSync(path);
      for (let i = 0; i < count; i++) bytes[20 + i - (count > 1 ? 20 : 0)] = 0xa5;
      writeFileSync(path, bytes);
      const { queue, log } = open(folder, { ageMs: 1e12 });
      const left = firstValues(queue);
      const lost = queue.takeLost()?.samples ?? 0;
      if (count === 1) expect(left).toEqual(upTo(1_000));
      else {
        expect(lost).toBeGreaterThan(800);
        expect(log.lines.join()).toContain('damaged beyond use');
        expect(existsSync(`${path}.damaged`)).toBe(true);
      }
    },
  );

  it('leaves files of a newer agent alone', () => {
    const folder = temporaryFolder();
    const before = open(folder).queue;
    before.push(1, one, [1], true);
    before.close();
    const newer = newerSegment();
    writeFileSync(join(folder, '0000000007.seg'), newer);
    const { queue, log } = open(folder);
    expect(log.lines.join()).toContain('newer agent');
    queue.push(2, one, [2], true);
    expect(firstValues(queue)).toEqual([1, 2]);
    expect(readFileSync(join(folder, '0000000007.seg'))).toEqual(newer);
  });

  it('keeps every sample once, in order, or counts it, whatever happens', () => {
    const step = fc.oneof(
      { weight: 20, arbitrary: fc.record({ kind: fc.constant('push'), n: fc.integer({ min: 1, max: 60 }) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('open'), n: fc.constant(0) }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('ack'), n: fc.integer({ min: 1, max: 80 }) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('close', 'kill'), n: fc.constant(0) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const folder = temporaryFolder();
        const limits = { bytes: 16 * 1024, ageMs: 1e12 };
        let { queue } = open(folder, limits);
        const acked = new Set<number>();
        let pushed = 0;
        for (const { kind, n } of steps) {
          if (kind === 'push') {
            for (let i = 0; i < n; i++) queue.push(pushed, schema(3), [pushed++, 7, null], true);
          } else if (kind === 'open') queue.openStream();
          else if (kind === 'ack') {
            const rows = queue.take(queue.streams[0] ?? '', 0, n, 1e12);
            for (const { values } of rows) acked.add(values[0] ?? -1);
            queue.acknowledge(queue.streams[0] ?? '', rows.at(-1)?.seq ?? 0);
          } else {
            if (kind === 'close') queue.close();
            ({ queue } = open(folder, limits));
          }
          expect(queue.byteCount).toBeLessThan(limits.bytes * 1.2);
        }
        const waiting = firstValues(queue).map(Number);
        expect(waiting).toEqual([...waiting].sort((a, b) => a - b));
        expect(new Set(waiting).size).toBe(waiting.length);
        expect(queue.rowCount).toBe(waiting.length);
        const lost = (queue.takeLost()?.samples ?? 0) / 2;
        // After a kill, rows that the hub has may be restored; the hub drops them.
        const known = new Set([...waiting, ...acked]).size;
        expect(known + lost).toBeGreaterThanOrEqual(pushed);
        if (!steps.some(({ kind }) => kind === 'kill' || kind === 'close')) expect(known + lost).toBe(pushed);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a disk that fails', () => {
  /** A disk that accepts this many more bytes; the last write may be incomplete. */
  function fullAfter(bytes: number) {
    const disk = { left: bytes };
    const full = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const files: SpoolFiles = {
      ...diskFiles,
      create: (path) => {
        if (disk.left <= 0) throw full();
        return diskFiles.create(path);
      },
      write(fd, bytes) {
        const some = bytes.subarray(0, Math.max(0, Math.min(bytes.length, disk.left)));
        diskFiles.write(fd, some);
        disk.left -= some.length;
        if (some.length < bytes.length) throw full();
      },
    };
    return { disk, files };
  }

  it('makes it keep rows in memory, with one line about it, and use the disk again when it can', () => {
    const folder = temporaryFolder();
    const { disk, files } = fullAfter(2_000);
    const { queue, log, clock } = open(folder, {}, files);
    for (const i of upTo(500)) queue.push(i, one, [i], true);
    expect(firstValues(queue)).toEqual(upTo(500));
    expect(queue.streams).toHaveLength(2);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatch(/^warn cannot keep rows on disk in .*ENOSPC.*memory only/);

    clock.advance(61_000);
    queue.push(500, one, [500], true);
    expect(log.lines).toHaveLength(1);
    disk.left = 1e9;
    clock.advance(200_000);
    queue.push(501, one, [501], true);
    expect(log.lines[1]).toMatch(/^info rows are kept on disk again/);
    const now = queue.currentStream;
    expect(queue.streams).toHaveLength(3);
    expect(firstValues(queue)).toEqual(upTo(502));
    // Rows that were only in memory are lost with the process; the others remain.
    const again = open(folder).queue;
    expect(again.streams).toContain(now);
    const kept = firstValues(again);
    expect(kept.at(-1)).toBe(501);
    expect(kept.slice(0, -1)).toEqual(upTo(kept.length - 1));
    for (const stream of queue.streams) queue.acknowledge(stream, 1e6);
    expect(queue.rowCount).toBe(0);
    expect(queue.streams).toEqual([now]);
  });

  it.each(upTo(40, 100))('never gives a wrong row when it is full after %d bytes', (bytes) => {
    const folder = temporaryFolder();
    const { queue } = open(folder, {}, fullAfter(bytes * 7).files);
    for (const i of upTo(40)) queue.push(i, schema(4), [i, 1, null, i / 3], false);
    expect(firstValues(queue)).toEqual(upTo(40));
    for (const stream of queue.streams) queue.settle(stream, 1e6, 5);
    expect(rowsOf(queue).map(({ t }) => t)).toEqual(upTo(40, 5));
    const again = firstValues(open(folder).queue);
    expect(again).toEqual(upTo(again.length));
  });

  it('works in memory where the folder cannot be made', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'spool'), 'a file');
    const { queue, log } = open(join(folder, 'spool', 'me'));
    for (const i of upTo(10)) queue.push(i, one, [i], true);
    expect(firstValues(queue)).toEqual(upTo(10));
    expect(log.lines).toHaveLength(1);
    expect(queue.openStream()).not.toBe(queue.streams[0]);
    queue.acknowledge(queue.streams[0] ?? '', 10);
    expect(queue.rowCount).toBe(0);
    queue.close();
  });

  it('turns to memory when the disk cannot be waited for', async () => {
    const folder = temporaryFolder();
    const files: SpoolFiles = {
      ...diskFiles,
      sync: (_, done) => done(new Error('EIO: i/o error, fdatasync')),
    };
    const { queue, log, clock } = open(folder, {}, files);
    queue.push(1, one, [1], true);
    clock.advance(2_000);
    await eventually(() => log.lines.length === 1);
    queue.push(2, one, [2], true);
    expect(firstValues(queue)).toEqual([1, 2]);
  });

  it('does the same on a real full disk', ({ skip }) => {
    const disk = smallDisk();
    if (disk === null) return skip('only root may make a small file system');
    const folder = join(disk, 'spool');
    const { queue, log } = open(folder);
    const wide = schema(200);
    for (const i of upTo(2_000)) queue.push(i, wide, upTo(200, i * 1_000), true);
    expect(rowsOf(queue)).toHaveLength(2_000);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain('ENOSPC');
    const first = queue.streams[0] ?? '';
    const again = open(folder);
    const kept = firstValues(again.queue);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept).toEqual(upTo(kept.length).map((i) => i * 1_000));
    again.queue.acknowledge(first, 1e6);
    expect(segments(folder)).toEqual([]);
  });
});

/** A file system of one MiB, if this process may create one. */
function smallDisk(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-full-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmdirSync(folder);
    return null;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    rmdirSync(folder);
  });
  return folder;
}

function newerSegment(): Buffer {
  const frame = jsonFrame(KIND.header, JSON.stringify({ format: 3, stream: 'x', firstSeq: 1 }));
  finishFrame(frame, 0);
  return Buffer.concat([frame, Buffer.from('what comes next is not for us')]);
}
