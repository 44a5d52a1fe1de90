import type { Logger } from '@shared/logger';

/** An event to report to the people who look at this device. `t` is this machine's time, ms. */
export interface AgentEvent {
  level: 'info' | 'warning';
  text: string;
  t: number;
}

/** The most events kept while no hub is connected; beyond it, the oldest are dropped. The log has them all. */
const MAX_EVENTS = 32;

/** Events that have not been sent yet. Each is sent once; the hub shows them on the device's time line. */
export class EventQueue {
  #events: AgentEvent[] = [];

  add(event: AgentEvent): void {
    this.#events = [...this.#events, event].slice(-MAX_EVENTS);
  }

  take(): readonly AgentEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/** A logger that also passes warnings, and the messages that they are over, to `tell`. */
export function tellingLogger(log: Logger, tell: (level: AgentEvent['level'], text: string) => void): Logger {
  return {
    debug: (text, fields) => log.debug(text, fields),
    info(text, fields) {
      log.info(text, fields);
      tell('info', text);
    },
    warn(text, fields) {
      log.warn(text, fields);
      tell('warning', text);
    },
    error: (text, fields) => log.error(text, fields),
  };
}
