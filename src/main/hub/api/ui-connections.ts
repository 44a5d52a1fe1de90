import type { Disposable } from '@shared/disposable';
import type { HubMessage } from '@shared/bridge/messages';
import type { Caller } from './command-handlers';
import { HubUiConnection, type UiContext } from './ui-connection';

/** All open UIs, whatever their transport. */
export class UiConnections implements Disposable {
  readonly #context: UiContext;
  readonly #open = new Set<HubUiConnection>();

  constructor(context: UiContext) {
    this.#context = context;
  }

  /** Connects one UI. `send` must not block; it is never called after the connection's `dispose`. */
  connect(send: (message: HubMessage) => void, caller: Caller): HubUiConnection {
    const connection = new HubUiConnection(this.#context, send, caller, () => this.#open.delete(connection));
    this.#open.add(connection);
    return connection;
  }

  /** Sends the frames that are due on all feeds. */
  tick(monotonic: number, now: number): void {
    for (const ui of this.#open) ui.tick(monotonic, now);
  }

  /** Call when the hub's clock was set. */
  clockSet(): void {
    for (const ui of [...this.#open]) ui.clockSet();
  }

  dispose(): void {
    for (const ui of [...this.#open]) ui.dispose();
  }
}
