import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceInfo } from '@shared/model';
import type { TopicMessages } from '@shared/hub-api';
import { FakeNotification } from '../../../tests/fakes/electron';
import { setupNotifications } from './notifications';
import { toPlainText } from './plain-text';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

let listener: (message: TopicMessages['devices']) => void;
const show = vi.fn();

const device = (id: string, approval: DeviceInfo['approval'] = 'pending', name = id) =>
  ({ id, name, approval, address: '192.168.1.9', code: '482913' }) as DeviceInfo;
const changed = (...devices: DeviceInfo[]) => listener({ full: false, changed: devices, removed: [] });

beforeEach(() => {
  vi.useFakeTimers();
  FakeNotification.made = [];
  show.mockClear();
  setupNotifications(
    {
      onDevices(given) {
        listener = given;
        return () => undefined;
      },
    },
    { show },
  );
});

afterEach(() => vi.useRealTimers());

describe('notifications', () => {
  it('tell that a device waits, and lead to it', () => {
    changed(device('nas'));
    vi.advanceTimersByTime(500);
    const [notification] = FakeNotification.made;
    expect(notification?.options.body).toBe(
      'nas at 192.168.1.9 is waiting for your approval. Its code is 482 913.',
    );
    notification?.emit('click');
    expect(show).toHaveBeenCalledWith(expect.stringMatching(/^#\//));
  });

  it('tell of several at once in one, and of each only once', () => {
    changed(device('a'), device('b'), device('c', 'approved'));
    changed(device('a'));
    vi.advanceTimersByTime(20_000);
    changed(device('b'));
    vi.advanceTimersByTime(20_000);
    expect(FakeNotification.made.map((made) => made.options.title)).toEqual(['2 devices want to join']);
  });

  it('come at most every ten seconds', () => {
    changed(device('a'));
    vi.advanceTimersByTime(500);
    for (let i = 0; i < 50; i++) changed(device(`flood-${i}`));
    vi.advanceTimersByTime(9_000);
    expect(FakeNotification.made).toHaveLength(1);
    vi.advanceTimersByTime(1_500);
    expect(FakeNotification.made.map((made) => made.options.title)[1]).toBe('50 devices want to join');
  });

  it('stay silent about a device that was dealt with in time', () => {
    changed(device('a'));
    changed(device('a', 'approved'));
    vi.advanceTimersByTime(20_000);
    expect(FakeNotification.made).toHaveLength(0);
  });
});

describe('a device’s words', () => {
  it.each([
    ['nas', 'nas'],
    ['two\nlines\u0000', 'two lines'],
    ['<b>bold</b> & more', 'b bold /b more'],
    ['\u202Egnp.exe', 'gnp.exe'],
    ['x'.repeat(100), `${'x'.repeat(63)}…`],
  ])('%j become %j', (words, plain) => {
    expect(toPlainText(words)).toBe(plain);
  });
});
