import type { EventEmitter } from 'node:events';
import { ipcMain } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CapturingLog } from '../../../tests/fakes/capturing-log';
import { FakeWebContents } from '../../../tests/fakes/electron';
import { setupPageFaults } from './page-faults';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

const ipcBus = ipcMain as unknown as EventEmitter;
const LONG = 'x'.repeat(100_000);

function setup() {
  const log = new CapturingLog();
  const clock = { time: 0, monotonic: () => clock.time };
  const faults = setupPageFaults(log, clock);
  const report = (stack: unknown, overrides: Record<string, unknown> = {}): void => {
    const sender = new FakeWebContents();
    sender.mainFrame = { processId: 7, frameToken: 'main' };
    const frame = {
      processId: 7,
      frameToken: 'main',
      parent: null,
      detached: false,
      origin: 'app://wirewatch',
    };
    const senderFrame = { ...frame, isDestroyed: () => false, ...overrides };
    ipcBus.emit('wirewatch:page-fault', { sender, senderFrame }, stack);
  };
  return { log, clock, faults, report };
}

beforeEach(() => ipcBus.removeAllListeners());

describe('what nobody caught in the page', () => {
  it('is in the log with its stack', () => {
    const { log, report } = setup();
    report('TypeError: x is undefined\n    at draw (app.js:1:1)');
    expect(log.stacks('PAGE_FAILED')).toEqual(['TypeError: x is undefined\n    at draw (app.js:1:1)']);
  });

  it('is not taken from other pages, other frames or in other forms', () => {
    const { log, report } = setup();
    report('a', { origin: 'https://evil.example' });
    report('b', { parent: {} });
    report('c', { frameToken: 'another' });
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

  it('is nobody’s business after the end', () => {
    const { log, faults, report } = setup();
    faults.dispose();
    report('late');
    expect(log.lines).toEqual([]);
  });
});
