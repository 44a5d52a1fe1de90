import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '@shared/clock';
import { silentLogger, type Logger } from '@shared/logger';
import { Device } from './device';
import { RecordBook } from '../records/record-book';
import { createDeviceKey } from './device-key';
import { DeviceRecords } from './device-records';
import { takeOverDeviceFile } from './old-device-file';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wirewatch-devices-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function openRecords(dataDir: string | null, devices: Device[] = [], log: Logger = silentLogger) {
  const book = new RecordBook({ dataDir, history: null, clock: systemClock, log });
  if (dataDir !== null) takeOverDeviceFile(dataDir, book, log, 1_700_000_000_000);
  onTestFinished(() => book.close());
  const shelf = new DeviceRecords(book, log);
  return { shelf, book, kept: shelf.open((id) => devices.find((device) => device.id === id)) };
}

function pump(): Device {
  const device = new Device('pump', 'Pump', 1_000);
  device.approve('token', '10.0.0.7');
  device.joinWith('c0ffee00');
  device.giveKey(createDeviceKey(2_000, null).key);
  device.describe({ kind: 'board', simple: true, os: 'Zephyr', ownTags: ['cellar'], address: '10.0.0.7' });
  device.rename('Sump pump');
  device.tag(['wet', 'wet', 'loud']);
  device.chooseInterval(5_000);
  device.chooseUnit('flow{pipe=a}', 'm3/h');
  return device;
}

describe('devices as records', () => {
  it('give back all that is worth keeping of a device', async () => {
    const dataDir = folder();
    const device = pump();
    const { shelf } = openRecords(dataDir, [device]);
    shelf.changed('pump');
    await shelf.saved();
    const [back] = openRecords(dataDir).kept;
    expect(back?.standing).toEqual(device.standing);
    expect(back?.description).toEqual(device.description);
    expect(back?.choices).toEqual({
      name: 'Sump pump',
      tags: ['wet', 'loud'],
      intervalMs: 5_000,
      units: new Map([['flow{pipe=a}', 'm3/h']]),
    });
    expect(back?.info(1_000)).toEqual({ ...device.info(1_000) });
  });

  it('do not keep devices that never did more than wait, or are gone', async () => {
    const dataDir = folder();
    const waiting = new Device('new', 'New', 1_000);
    waiting.wait('10.0.0.9', '123456', false);
    const revoked = pump();
    revoked.revoke();
    const devices = [waiting, revoked];
    const { shelf } = openRecords(dataDir, devices);
    for (const { id } of devices) shelf.changed(id);
    await shelf.saved();
    const again = openRecords(dataDir, []);
    expect(again.kept.map(({ id, approval }) => [id, approval])).toEqual([['pump', 'pending']]);
    again.shelf.changed('pump');
    await again.shelf.saved();
    expect(openRecords(dataDir).kept).toEqual([]);
  });

  it('write only what changed', async () => {
    const dataDir = folder();
    const other = new Device('other', 'Other', 1_000);
    other.approve('user', '10.0.0.8');
    const { shelf } = openRecords(dataDir, [pump(), other]);
    await shelf.saved();
    expect(readdirSync(dataDir)).toEqual([]);
    shelf.changed('pump');
    await new Promise<void>((resolve) => shelf.whenSaved(resolve));
    const text = readFileSync(join(dataDir, 'devices.journal'), 'utf8');
    expect(text).toContain('Sump pump');
    expect(text).not.toContain('Other');
    shelf.changed('pump');
    await shelf.saved();
    expect(readFileSync(join(dataDir, 'devices.journal'), 'utf8')).toBe(text);
  });

  it('let nobody wait for ever when there is nowhere to keep devices', async () => {
    const { shelf, kept } = openRecords(null, [pump()]);
    expect(kept).toEqual([]);
    await new Promise<void>((resolve) => shelf.whenSaved(resolve));
  });

  it('leave out one that cannot be understood, and only that', async () => {
    const dataDir = folder();
    const errors: unknown[] = [];
    const { shelf, book } = openRecords(dataDir, [pump()]);
    shelf.changed('pump');
    book.put('device', 'odd', '{"id":"odd","approval":"aproved"}');
    await shelf.saved();
    const log: Logger = { ...silentLogger, error: (_text, fields) => void errors.push(fields) };
    expect(openRecords(dataDir, [], log).kept.map(({ id }) => id)).toEqual(['pump']);
    expect(errors).toEqual([{ device: 'odd' }]);
  });
});

describe('the devices file of earlier versions', () => {
  const OLD = {
    id: 'nas', name: 'nas', chosenName: 'My NAS', kind: 'computer', approval: 'approved', approvedBy: 'user',
    local: false, simple: false, os: null, arch: null, model: null, tags: [], chosenTags: ['home'],
    chosenIntervalMs: null, firstSeenAt: 1, lastSeenAt: 2,
  }; // prettier-ignore
  const pathOf = (dataDir: string) => join(dataDir, 'devices.json');

  it('is taken over device by device, and kept under another name once its devices are on disk', async () => {
    const dataDir = folder();
    const text = JSON.stringify({ version: 2, devices: [OLD, { id: 'odd', approval: 'aproved' }] });
    writeFileSync(pathOf(dataDir), text);
    const errors: string[] = [];
    const log: Logger = { ...silentLogger, error: (message) => void errors.push(message) };
    const { kept, book } = openRecords(dataDir, [], log);
    expect(kept.map(({ id, name }) => [id, name])).toEqual([['nas', 'My NAS']]);
    expect(errors).toHaveLength(1);
    await book.saved();
    await expect.poll(() => existsSync(pathOf(dataDir))).toBe(false);
    expect(readFileSync(`${pathOf(dataDir)}.migrated`, 'utf8')).toBe(text);
    expect(openRecords(dataDir).kept.map(({ id }) => id)).toEqual(['nas']);
  });

  it('changes nothing about a device that is known better, and brings back none that was removed', async () => {
    const dataDir = folder();
    const blocked = new Device('nas', 'nas', 1);
    blocked.block('10.0.0.1');
    const { shelf, book } = openRecords(dataDir, [blocked]);
    shelf.changed('nas');
    book.put('device', 'gone', '{}');
    book.put('device', 'gone', null);
    await shelf.saved();
    writeFileSync(pathOf(dataDir), JSON.stringify({ version: 2, devices: [OLD, { ...OLD, id: 'gone' }] }));
    expect(openRecords(dataDir).kept.map(({ id, approval }) => [id, approval])).toEqual([['nas', 'blocked']]);
  });

  it.each([
    ['what is no JSON', '{"version":2,'],
    ['no list', '{"version":2,"devices":7}'],
  ])('is set aside with a word in the log when it holds %s', (_, text) => {
    const dataDir = folder();
    writeFileSync(pathOf(dataDir), text);
    const errors: string[] = [];
    const log: Logger = { ...silentLogger, error: (message) => void errors.push(message) };
    expect(openRecords(dataDir, [], log).kept).toEqual([]);
    expect(errors).toHaveLength(1);
    expect(readdirSync(dataDir)).toHaveLength(1);
    expect(readdirSync(dataDir)).not.toContain('devices.json');
  });
});
