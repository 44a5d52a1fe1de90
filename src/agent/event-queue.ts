import type { Logger } from '@shared/logger';

/** Something the agent has to tell the people who look at its device. `t` is this machine's time, ms. */
export interface AgentEvent {
  level: 'info' | 'warning';
  text: string;
  t: number;
}

/** What happened while there was no hub to tell, beyond that the oldest are dropped: the log has them all. */
const MAX_EVENTS = 32;

/** Events that were not told yet. They are told once; the hub shows them on the device's time line. */
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

/** A logger whose warnings, and what says that they are over, are told to `tell` as well. */
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
