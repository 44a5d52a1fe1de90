import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '@shared/clock';
import { silentLogger, type Logger } from '@shared/logger';
import { Device } from './device';
import { DeviceFile } from './device-file';
import { createDeviceKey } from './device-key';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wirewatch-devices-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function openFile(dataDir: string | null, devices: Device[] = [], log: Logger = silentLogger) {
  const file = new DeviceFile(dataDir, systemClock, log);
  return { file, kept: file.open(() => devices) };
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

describe('the file of devices', () => {
  it('gives back all that is worth keeping of a device', () => {
    const dataDir = folder();
    const device = pump();
    const { file } = openFile(dataDir, [device]);
    file.changed();
    file.save();
    const [back] = openFile(dataDir).kept;
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

  it('does not keep devices that never did more than wait', () => {
    const dataDir = folder();
    const waiting = new Device('new', 'New', 1_000);
    waiting.wait('10.0.0.9', '123456', false);
    const revoked = pump();
    revoked.revoke();
    const { file } = openFile(dataDir, [waiting, revoked]);
    file.changed();
    file.save();
    expect(openFile(dataDir).kept.map(({ id, approval }) => [id, approval])).toEqual([['pump', 'pending']]);
  });

  it('writes for all who wait together, and not when nothing changed', async () => {
    const dataDir = folder();
    const { file } = openFile(dataDir, [pump()]);
    file.save();
    expect(readdirSync(dataDir)).toEqual([]);
    await Promise.all([
      new Promise<void>((resolve) => file.whenSaved(resolve)),
      new Promise<void>((resolve) => file.whenSaved(resolve)),
    ]);
    expect(readFileSync(join(dataDir, 'devices.json'), 'utf8')).toContain('Sump pump');
  });

  it('lets nobody wait for ever when there is nowhere to keep devices', async () => {
    const { file, kept } = openFile(null, [pump()]);
    expect(kept).toEqual([]);
    await new Promise<void>((resolve) => file.whenSaved(resolve));
  });

  it.each([
    ['what is no JSON', '{"version":2,'],
    ['an approval that is none', '{"version":2,"devices":[{"id":"pump","approval":"aproved"}]}'],
  ])('is set aside with a word in the log when it holds %s', (_, text) => {
    const dataDir = folder();
    writeFileSync(join(dataDir, 'devices.json'), text);
    const errors: string[] = [];
    const log: Logger = { ...silentLogger, error: (message) => void errors.push(message) };
    expect(openFile(dataDir, [], log).kept).toEqual([]);
    expect(errors).toHaveLength(1);
    expect(readdirSync(dataDir)).toHaveLength(1);
    expect(readdirSync(dataDir)).not.toContain('devices.json');
  });
});
