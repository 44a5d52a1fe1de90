import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '@shared/model';
import { CapturingLog } from '../../../../tests/fakes/capturing-log';
import { AuditLog } from './audit-log';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wirewatch-audit-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = () => join(dir, 'audit.ndjson');

function open(auditEntries = 100) {
  const log = new CapturingLog();
  return { audit: new AuditLog({ dataDir: dir, limits: { auditEntries, textLength: 500 }, log }), log };
}

function change(text: string): Omit<AuditEntry, 'id'> {
  const by = { kind: 'browser', role: 'admin', address: '192.0.2.7', userAgent: 'Firefox' } as const;
  return { at: 1_000, action: 'renameDevice', text, device: 'nas', by };
}

const codesOf = (log: CapturingLog) => log.lines.map(({ fields }) => fields['code']);
const texts = (audit: AuditLog, limit = 100, before?: number) =>
  audit.list(limit, before).map(({ text }) => text);

describe('the audit log', () => {
  it('leaves out an entry of which a letter is damaged, or that lost its checksum, and keeps those of earlier versions', () => {
    const old = { ...change('of an earlier version'), id: 1 };
    writeFileSync(file(), `${JSON.stringify(old)}\n`);
    const { audit } = open();
    for (const text of ['one', 'two', 'three']) audit.add(change(text));
    const text = readFileSync(file(), 'utf8');
    writeFileSync(file(), text.replace('"one"', '"ome"').replace(/("three".*),"checksum":"\w+"/, '$1'));
    const again = open();
    expect(texts(again.audit)).toEqual(['two', 'of an earlier version']);
    expect(codesOf(again.log)).toEqual(['AUDIT_DAMAGED']);
    expect(again.log.lines[0]?.message).toContain('2 of 4 entries');
  });

  it('lists the newest changes first, page by page, and has them after a restart', () => {
    const { audit } = open();
    for (const text of ['one', 'two', 'three']) audit.add(change(text));
    expect(texts(audit, 2)).toEqual(['three', 'two']);
    expect(texts(audit, 2, 2)).toEqual(['one']);
    const again = open().audit;
    expect(again.list(100)).toEqual(audit.list(100));
    again.add(change('four'));
    expect(again.list(1)[0]?.id).toBe(4);
  });

  it('is for its owner alone', () => {
    open().audit.add(change('one'));
    if (process.platform !== 'win32') expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('loses only the entry whose line is damaged, and says so', () => {
    const { audit } = open();
    for (const text of ['one', 'two', 'three']) audit.add(change(text));
    const lines = readFileSync(file(), 'utf8').split('\n');
    lines[1] = lines[1]?.replace('"id"', '"\u0000"') ?? '';
    writeFileSync(file(), lines.join('\n'));
    const { audit: after, log } = open();
    expect(texts(after)).toEqual(['three', 'one']);
    expect(codesOf(log)).toContain('AUDIT_DAMAGED');
    after.add(change('four'));
    expect(texts(open().audit)).toEqual(['four', 'three', 'one']);
  });

  it('goes on behind a line that a crash cut off', () => {
    open().audit.add(change('one'));
    appendFileSync(file(), '{"id":2,"at":');
    open().audit.add(change('two'));
    expect(texts(open().audit)).toEqual(['two', 'one']);
  });

  it('keeps the newest entries, and its file is bounded', () => {
    const { audit } = open(10);
    for (let i = 0; i < 100; i++) {
      audit.add(change(`change ${i}`));
      expect(readFileSync(file(), 'utf8').split('\n').length).toBeLessThanOrEqual(14);
    }
    expect(texts(audit)).toHaveLength(10);
    expect(texts(open(10).audit)).toEqual(texts(audit));
  });

  it('keeps entries that could not be written, and writes them with the next one', () => {
    mkdirSync(file());
    const { audit, log } = open();
    audit.add(change('one'));
    audit.add(change('two'));
    expect(codesOf(log).filter((code) => code === 'FILE_UNWRITABLE')).toHaveLength(1);
    expect(texts(audit)).toEqual(['two', 'one']);
    rmSync(file(), { recursive: true });
    audit.add(change('three'));
    expect(texts(open().audit)).toEqual(['three', 'two', 'one']);
  });

  it('moves the entries of this run when the clock is set, and no others', () => {
    open().audit.add(change('before'));
    const { audit } = open();
    audit.add(change('now'));
    audit.clockSet(500);
    expect(
      open()
        .audit.list(2)
        .map(({ at }) => at),
    ).toEqual([1_500, 1_000]);
  });

  it('has no control characters and no secrets from names', () => {
    const { audit } = open();
    audit.add(change('Renamed nas to "\u001b[31mred\nline?token=abcdefghijklmnop".'));
    const [entry] = audit.list(1);
    expect(entry?.text).not.toMatch(/[\p{Cc}]/u);
    expect(entry?.text).not.toContain('abcdefghijklmnop');
  });
});
