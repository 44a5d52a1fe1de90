import type { Collector } from './collector';

/** The agent's own figures. */
export interface SelfFacts {
  queuedRows(): number;
  /** Ms that the last round of reading took. */
  collectMs(): number;
}

/** `wirewatch.agent.*`: the agent's own figures. */
export function createSelfCollector(facts: SelfFacts): Collector {
  return {
    name: 'agent',
    everyMs: 0,
    read(slots) {
      slots.set('queue', facts.queuedRows(), () => ({
        name: 'wirewatch.agent.queue',
        unit: '{row}',
        kind: 'gauge',
        min: 0,
      }));
      slots.set('time', Math.round(facts.collectMs() * 10) / 10_000, () => ({
        name: 'wirewatch.agent.collect_time',
        unit: 's',
        kind: 'gauge',
        min: 0,
      }));
      slots.set('memory', process.memoryUsage.rss(), () => ({
        name: 'wirewatch.agent.memory',
        unit: 'By',
        kind: 'gauge',
        min: 0,
      }));
    },
  };
}
