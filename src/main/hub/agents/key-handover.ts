import { createDeviceKey, takeKey, type DeviceKey } from '../devices/device-key';
import type { AgentContext } from './agent-context';
import type { Device } from '../devices/device';
import type { Session } from '../sessions/session';

/** What is heard so long after a key was sent comes from somebody who has it, ms: longer than anything is on its way. */
const SURELY_READ_MS = 1_000;

/**
 * Hands a device its key over one connection, and finds out whether it arrived. The key goes out when its digest is on
 * disk, with a ping behind it; the answer to that, or anything else that can only come later, means that it was read.
 * A connection that breaks before leaves the key as not taken.
 */
export class KeyHandover {
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #device: Device;
  #sent: { key: DeviceKey; at: number } | null = null;

  constructor(session: Session, context: AgentContext, device: Device) {
    this.#session = session;
    this.#context = context;
    this.#device = device;
  }

  start(): void {
    const { clock, devices } = this.#context;
    const { secret, key } = createDeviceKey(clock.now(), this.#device.key);
    this.#device.key = key;
    devices.touchAndSave(this.#device);
    devices.whenSaved(() => {
      // Meanwhile it may have been revoked, or replaced by yet another.
      if (this.#device.key !== key || !this.#session.isOpen) return;
      this.#sent = { key, at: clock.monotonic() };
      this.#session.send({ type: 'admission', state: 'approved', key: secret });
      this.#session.ping().then(
        () => this.#taken(),
        () => {},
      );
    });
  }

  /** Something was heard of the agent. */
  heard(): void {
    if (this.#sent && this.#context.clock.monotonic() - this.#sent.at >= SURELY_READ_MS) this.#taken();
  }

  /** The connection ended; an agent that left in order has read everything before. */
  closed(wasLeft: boolean): void {
    if (wasLeft) this.#taken();
    this.#sent = null;
  }

  #taken(): void {
    const { key } = this.#sent ?? {};
    this.#sent = null;
    if (!key || this.#device.key !== key) return;
    this.#device.key = takeKey(key);
    const { clock, devices, events } = this.#context;
    devices.touchAndSave(this.#device);
    events.add({
      at: clock.now(),
      kind: 'approved',
      level: 'info',
      device: this.#device.id,
      text:
        key.previous === null
          ? 'Paired: the device now has its own key, and no other device can pretend to be it.'
          : 'It received its new key. The old key no longer works.',
    });
  }
}
