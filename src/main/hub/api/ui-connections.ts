import type { Disposable } from '@shared/disposable';
import type { HubMessage } from '@shared/bridge/messages';
import type { Caller } from './command-handlers';
import { HubUiConnection, type UiContext } from './ui-connection';

/** The UIs that are open, over whichever transport. */
export class UiConnections implements Disposable {
  readonly #context: UiContext;
  readonly #open = new Set<HubUiConnection>();

  constructor(context: UiContext) {
    this.#context = context;
  }

  /** Binds one UI. `send` must not block; it is never called after the connection's `dispose`. */
  connect(send: (message: HubMessage) => void, caller: Caller): HubUiConnection {
    const connection = new HubUiConnection(this.#context, send, caller, () => this.#open.delete(connection));
    this.#open.add(connection);
    return connection;
  }

  /** Sends what the feeds owe. */
  tick(monotonic: number, now: number): void {
    for (const ui of this.#open) ui.tick(monotonic, now);
  }

  /** The hub's clock was set. */
  clockSet(): void {
    for (const ui of [...this.#open]) ui.clockSet();
  }

  dispose(): void {
    for (const ui of [...this.#open]) ui.dispose();
  }
}
