import { createDeviceKey, type DeviceKey } from '../devices/device-key';
import type { AgentContext } from './agent-context';
import type { Device } from '../devices/device';
import type { Session } from '../sessions/session';

/**
 * Anything heard this long after a key was sent shows that the peer has the key, ms: no message stays in flight
 * longer.
 */
const SURELY_READ_MS = 1_000;

/**
 * Sends a device its key over one connection and finds out whether it arrived. The key is sent once its digest is on
 * disk, followed by a ping. The answer to the ping, or anything else that can only come later, means that the key was
 * read. If the connection breaks before that, the key counts as not received.
 */
export class KeyHandover {
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #device: Device;
  readonly #instance: string | null;
  #sent: { key: DeviceKey; at: number } | null = null;

  /** `instance` is the run of the agent. */
  constructor(session: Session, context: AgentContext, device: Device, instance: string | null) {
    this.#instance = instance;
    this.#session = session;
    this.#context = context;
    this.#device = device;
  }

  start(): void {
    const { clock, devices } = this.#context;
    const { secret, key } = createDeviceKey(clock.now(), this.#device.key);
    this.#device.giveKey(key);
    this.#device.askers.setHeir({ instance: this.#instance, code: null });
    devices.touchAndSave(this.#device);
    devices.whenSaved(() => {
      // In the meantime the key may have been revoked, or replaced by another.
      if (this.#device.key !== key || !this.#session.isOpen) return;
      this.#sent = { key, at: clock.monotonic() };
      this.#session.send({ type: 'admission', state: 'approved', key: secret });
      this.#session.ping().then(
        () => this.#taken(),
        () => {},
      );
    });
  }

  /** Something was received from the agent. */
  heard(): void {
    if (this.#sent && this.#context.clock.monotonic() - this.#sent.at >= SURELY_READ_MS) this.#taken();
  }

  /** The connection ended. An agent that closed it properly has read everything sent before. */
  closed(wasLeft: boolean): void {
    if (wasLeft) this.#taken();
    this.#sent = null;
  }

  #taken(): void {
    const { key } = this.#sent ?? {};
    this.#sent = null;
    if (!key || this.#device.key !== key) return;
    this.#device.keyTaken();
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
