import type { Logger } from '@shared/logger';
import { collectd } from './collectd-route';
import { INFLUX_ROUTES } from './influx-routes';
import { otlp } from './otlp-route';
import { Pushers } from './pushers';
import { answerJson, type PushRequest } from './push-request';
import { PushTurns } from './push-turns';
import type { PushContext } from './push-context';
import { samples } from './samples-route';
import type { PushParts } from './take-push';

interface Entry {
  methods: readonly string[];
  route: (parts: PushParts, push: PushRequest) => Promise<void> | void;
}

const ROUTES: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ...Object.entries(INFLUX_ROUTES),
  ['/api/v1/samples', { methods: ['POST'], route: samples }],
  ['/v1/metrics', { methods: ['POST'], route: otlp }],
  ['/collectd', { methods: ['POST'], route: collectd }],
]);

/** The addresses to which devices push over HTTP. */
export class PushRoutes {
  readonly #parts: PushParts;

  constructor(context: PushContext & { readonly log: Logger }) {
    this.#parts = {
      context,
      log: context.log,
      pushers: new Pushers(context),
      turns: new PushTurns(context),
    };
  }

  /** Whether a path is one of these addresses. */
  has(path: string): boolean {
    return ROUTES.has(path);
  }

  async handle(push: PushRequest): Promise<void> {
    const entry = ROUTES.get(push.path);
    if (!entry) return;
    if (entry.methods.includes(push.request.method ?? '')) {
      await entry.route(this.#parts, push);
      return;
    }
    const Allow = entry.methods.join(', ');
    const message = `This address accepts only ${entry.methods.join(' and ')}.`;
    answerJson(push, 405, { error: { code: 'METHOD_NOT_ALLOWED', message } }, { Allow });
  }

  /** Call once a second. */
  second(now: number): void {
    this.#parts.pushers.second(now);
  }

  /** Call when the hub's clock was set. */
  clockSet(): void {
    this.#parts.pushers.clockSet();
  }

  dispose(): void {
    this.#parts.pushers.dispose();
  }
}
