import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '@shared/clock';
import { silentLogger, type Logger } from '@shared/logger';
import type { DamagedRecord, KeptRecord } from '../store-contract/records';
import { RecordBook, type RecordStore } from './record-book';
import { formatRecord, JOURNAL_FILE, parseJournal, parseRecord } from './record-lines';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wirewatch-records-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const record = (id: string, rev: number, body: string | null): KeptRecord => ({
  kind: 'device',
  id,
  rev,
  body,
});

/** A database in memory: what is recorded is durable at the next flush. */
class FakeDatabase implements RecordStore {
  readonly store: RecordStore['store'] & { isOpen: boolean };
  readonly rows = new Map<string, KeptRecord>();
  damaged: DamagedRecord[] = [];
  isFailing = false;
  #waiting: KeptRecord[] = [];
  #whenDurable: (() => void)[] = [];
  #afresh: () => void = () => {};

  constructor(rows: KeptRecord[] = [], isOpen = true) {
    for (const row of rows) this.rows.set(row.id, row);
    const records = (): KeptRecord[] => [...this.rows.values()];
    const damaged = (): DamagedRecord[] => this.damaged;
    this.store = {
      isOpen,
      contents: {
        get records() {
          return records();
        },
        get damagedRecords() {
          return damaged();
        },
      },
      onAfresh: (listener) => {
        this.#afresh = listener;
        return () => {};
      },
    };
  }

  record(one: KeptRecord): void {
    if (this.store.isOpen) this.#waiting.push(one);
  }

  whenDurable(run: () => void): void {
    this.#whenDurable.push(run);
  }

  flush(): Promise<void> {
    if (!this.isFailing) {
      for (const one of this.#waiting.splice(0)) this.rows.set(one.id, one);
      for (const run of this.#whenDurable.splice(0)) run();
    }
    return Promise.resolve();
  }

  beginAfresh(): void {
    this.rows.clear();
    this.#afresh();
  }
}

function open(dataDir: string | null, history: RecordStore | null, log: Logger = silentLogger): RecordBook {
  const book = new RecordBook({ dataDir, history, clock: systemClock, log });
  onTestFinished(() => book.close());
  return book;
}

const devicesOf = (book: RecordBook) => Object.fromEntries(book.all('device'));
const journalOf = (dataDir: string) => join(dataDir, JOURNAL_FILE);

describe('records without a database', () => {
  it('are in the journal when that is said, and there after a restart', async () => {
    const dataDir = folder();
    const book = open(dataDir, null);
    book.put('device', 'a', '1');
    book.put('token-use', 'a', '7');
    book.put('device', 'b', '2');
    book.put('device', 'b', null);
    await book.saved();
    const again = open(dataDir, null);
    expect(devicesOf(again)).toEqual({ a: '1' });
    expect(again.get('token-use', 'a')).toBe('7');
    if (process.platform !== 'win32') expect(statSync(journalOf(dataDir)).mode & 0o777).toBe(0o600);
  });

  it('are refused when they cannot be written, and written as soon as they can', async () => {
    const dataDir = folder();
    mkdirSync(journalOf(dataDir));
    const book = open(dataDir, null);
    book.put('device', 'a', '1');
    await expect(book.saved()).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    rmSync(journalOf(dataDir), { recursive: true });
    await book.saved();
    expect(devicesOf(open(dataDir, null))).toEqual({ a: '1' });
  });

  it('take little more room than what is in force, however often they change', async () => {
    const dataDir = folder();
    const book = open(dataDir, null);
    for (let round = 0; round < 300; round++) {
      for (let i = 0; i < 20; i++) book.put('device', `d${i}`, `${round}`.padEnd(100, 'x'));
      await book.saved();
    }
    expect(statSync(journalOf(dataDir)).size).toBeLessThan(100_000);
    expect(book.all('device').size).toBe(20);
    expect(devicesOf(open(dataDir, null))).toEqual(devicesOf(book));
  });

  it('lose one record to a damaged line, whatever is wrong with it, and never give a wrong one', () => {
    const bodies = fc.array(fc.string({ maxLength: 40 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(bodies, fc.nat(), fc.integer({ min: 1, max: 255 }), (texts, where, change) => {
        const records = texts.map((text, i) => record(`d${i}`, i + 1, text));
        const bytes = Buffer.from(records.map(formatRecord).join(''));
        const at = where % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const read = parseJournal(bytes.toString('utf8'));
        for (const one of read.records.values()) expect(records).toContainEqual(one);
        // A changed line break joins two lines.
        expect(read.records.size).toBeGreaterThanOrEqual(records.length - 2);
      }),
    );
    expect(parseRecord(formatRecord(record('a', 1, null)).trimEnd())).toEqual(record('a', 1, null));
  });

  it('survive a line that a crash cut off', async () => {
    const dataDir = folder();
    const book = open(dataDir, null);
    book.put('device', 'a', '1');
    await book.saved();
    writeFileSync(journalOf(dataDir), `${readFileSync(journalOf(dataDir), 'utf8')}0badc0de ["device","b",`);
    const again = open(dataDir, null);
    again.put('device', 'c', '3');
    await again.saved();
    expect(devicesOf(open(dataDir, null))).toEqual({ a: '1', c: '3' });
  });
});

describe('records with a database', () => {
  it('are in both, and either makes up for the loss of the other', async () => {
    const dataDir = folder();
    const database = new FakeDatabase();
    const book = open(dataDir, database);
    book.put('device', 'a', '1');
    await book.saved();
    expect(database.rows.get('a')?.body).toBe('1');
    await book.close();
    expect(devicesOf(open(dataDir, new FakeDatabase()))).toEqual({ a: '1' });
    const elsewhere = folder();
    const copy = open(elsewhere, database);
    expect(devicesOf(copy)).toEqual({ a: '1' });
    await copy.close();
    expect(devicesOf(open(elsewhere, null))).toEqual({ a: '1' });
  });

  it('are as their newest version says, wherever that is: also that they are gone', async () => {
    const dataDir = folder();
    const lines = [record('a', 5, 'old'), record('b', 9, 'new'), record('c', 5, 'let in')];
    writeFileSync(journalOf(dataDir), lines.map(formatRecord).join(''));
    const database = new FakeDatabase([record('a', 6, 'new'), record('b', 8, 'old'), record('c', 6, null)]);
    const book = open(dataDir, database);
    expect(devicesOf(book)).toEqual({ a: 'new', b: 'new' });
    await book.saved();
    expect(database.rows.get('b')?.body).toBe('new');
  });

  it('come from the copy when a row is damaged, and that is said', async () => {
    const dataDir = folder();
    writeFileSync(journalOf(dataDir), formatRecord(record('a', 5, '1')));
    const database = new FakeDatabase();
    database.damaged = [
      { kind: 'device', id: 'a' },
      { kind: 'device', id: 'b' },
    ];
    const errors: string[] = [];
    const book = open(dataDir, database, { ...silentLogger, error: (text) => void errors.push(text) });
    expect(devicesOf(book)).toEqual({ a: '1' });
    expect(errors[0]).toContain('(a): its copy in the journal is used');
    expect(errors[1]).toContain('(b): there is no copy');
    await book.saved();
    expect(database.rows.get('a')?.body).toBe('1');
  });

  it('go to the journal while it is closed, and to the database when it opens', async () => {
    const dataDir = folder();
    const database = new FakeDatabase([record('a', 1, 'before')], false);
    const book = open(dataDir, database);
    book.put('device', 'a', 'meanwhile');
    await book.saved();
    expect(readFileSync(journalOf(dataDir), 'utf8')).toContain('meanwhile');
    // Another hub, which kept the folder to itself until now, let one in and removed one.
    database.rows.set('b', record('b', 2, 'theirs'));
    database.store.isOpen = true;
    expect(book.join()).toEqual(['b']);
    await book.saved();
    expect(database.rows.get('a')?.body).toBe('meanwhile');
    expect(devicesOf(book)).toEqual({ a: 'meanwhile', b: 'theirs' });
  });

  it('are durable in the journal when the database fails just now', async () => {
    const dataDir = folder();
    const database = new FakeDatabase();
    const book = open(dataDir, database);
    database.isFailing = true;
    book.put('device', 'a', '1');
    await book.saved();
    expect(devicesOf(open(dataDir, new FakeDatabase()))).toEqual({ a: '1' });
  });

  it('are told again to a database that begins afresh', async () => {
    const database = new FakeDatabase();
    const book = open(folder(), database);
    book.put('device', 'a', '1');
    await book.saved();
    database.beginAfresh();
    await book.saved();
    expect(database.rows.get('a')?.body).toBe('1');
  });
});
