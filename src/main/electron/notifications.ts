import { Notification } from 'electron';
import { systemClock, type Clock } from '@shared/clock';
import { DisposableStore, type Disposable, type Unsubscribe } from '@shared/disposable';
import { groupCode } from '@shared/group-code';
import type { TopicMessages } from '@shared/hub-api';
import type { DeviceInfo } from '@shared/model';
import type { Hub } from '../hub/hub-contract';
import { toPlainText } from './plain-text';
import { ROUTES } from './routes';
import type { MainWindow } from './window';

/** Devices that arrive together share one notification, and a flood gives at most one every ten seconds. */
const GATHER_MS = 500;
const QUIET_MS = 10_000;

/** Notifies the user when a device waits for approval; a click opens the place to approve it. */
export function setupNotifications(
  hub: Pick<Hub, 'onDevices'>,
  window: Pick<MainWindow, 'show'>,
  clock: Clock = systemClock,
): Disposable {
  const owned = new DisposableStore();
  if (!Notification.isSupported()) return owned;

  /** Bounded, because the hub limits how many devices may wait. */
  const waiting = new Map<string, { info: DeviceInfo; told: boolean }>();
  let scheduled: Unsubscribe | null = null;
  let toldAt = Number.NEGATIVE_INFINITY;
  let shown: Notification | null = null;

  function schedule(): void {
    const untilQuietEnds = toldAt + QUIET_MS - clock.monotonic();
    scheduled ??= clock.after(Math.max(GATHER_MS, untilQuietEnds), tell);
  }

  function tell(): void {
    scheduled = null;
    const fresh = [...waiting.values()].filter((device) => !device.told);
    const first = fresh[0];
    if (!first) return;
    for (const device of fresh) device.told = true;
    toldAt = clock.monotonic();
    shown?.close();
    shown = new Notification({
      title: fresh.length === 1 ? 'A device wants to join' : `${fresh.length} devices want to join`,
      body: fresh.length === 1 ? describeWaiting(first.info) : 'They are waiting for your approval.',
    });
    shown.on('click', () => window.show(ROUTES.addDevice));
    shown.show();
  }

  function onDevices({ full, changed, removed }: TopicMessages['devices']): void {
    if (full) {
      const present = new Set(changed.map((device) => device.id));
      for (const id of waiting.keys()) if (!present.has(id)) waiting.delete(id);
    }
    for (const device of changed) {
      if (device.approval !== 'pending') waiting.delete(device.id);
      else waiting.set(device.id, { info: device, told: waiting.get(device.id)?.told ?? false });
    }
    for (const id of removed) waiting.delete(id);
    if ([...waiting.values()].some((device) => !device.told)) schedule();
  }

  owned.add(hub.onDevices(onDevices));
  owned.add(() => {
    scheduled?.();
    shown?.close();
  });
  return owned;
}

/** Describes the device so that it can be told from others that ask at the same time. */
function describeWaiting({ name, address, code }: DeviceInfo): string {
  const who = toPlainText(name) || 'An unnamed device';
  const from = address === null ? '' : ` at ${toPlainText(address)}`;
  const digits = code === null ? '' : ` Its code is ${groupCode(code)}.`;
  return `${who}${from} is waiting for your approval.${digits}`;
}
