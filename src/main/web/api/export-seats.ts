import type { Clock } from '@shared/clock';
import { fail, succeed, type Result } from '@shared/errors';
import type { UiRole } from '@shared/model';
import type { Limits } from '@shared/protocol/limits';
import { crowdKey } from '../../hub/bounds/peer-address';

/** Viewers together have this share of all exports, so that an admin does not wait behind them. */
const VIEWERS_SHARE = 0.5;

/** Who asks for an export. */
export interface ExportClient {
  /** The browser, or else the role and the address. */
  caller: string;
  address: string;
  role: UiRole;
}

/** One export in progress. */
export interface ExportSeat {
  /** The client does not read what was sent, or does so again. */
  waiting(isWaiting: boolean): void;
  leave(): void;
}

interface Taken {
  client: ExportClient;
  crowd: string;
  /** Since when its client reads nothing, monotonic ms. */
  waitsSince: number | null;
  cut: () => void;
}

/**
 * The exports in progress. Each holds some of history in memory until its client has read it, so their number is
 * limited: of one caller, of one address, of all viewers and in total. When there are too many, the caller or address
 * with the most of them loses the one that was not read for longest, unless the newcomer has as many itself.
 */
export class ExportSeats {
  readonly #limits: Pick<Limits, 'exports' | 'exportsPerAddress' | 'exportsPerCaller'>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #seats = new Set<Taken>();

  constructor(
    limits: Pick<Limits, 'exports' | 'exportsPerAddress' | 'exportsPerCaller'>,
    clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Takes a seat; `cut` ends the export when it must make room. Fails with `TOO_MANY_EXPORTS`. */
  enter(client: ExportClient, cut: () => void): Result<ExportSeat> {
    const { exports, exportsPerAddress, exportsPerCaller } = this.#limits;
    const crowd = crowdKey(client.address);
    const all = [...this.#seats];
    const own = all.filter((seat) => seat.client.caller === client.caller);
    const near = all.filter((seat) => seat.crowd === crowd);
    if (own.length >= exportsPerCaller || near.length >= exportsPerAddress) return TOO_MANY;
    const isViewer = client.role === 'viewer';
    const viewers = all.filter((seat) => seat.client.role === 'viewer');
    const isFull = isViewer && viewers.length >= Math.max(1, Math.floor(exports * VIEWERS_SHARE));
    if (isFull || all.length >= exports) {
      const victim = victimAmong(isFull ? viewers : all, own.length, near.length);
      if (!victim) return TOO_MANY;
      this.#seats.delete(victim);
      victim.cut();
    }
    const seat: Taken = { client, crowd, waitsSince: null, cut };
    this.#seats.add(seat);
    return succeed({
      waiting: (isWaiting) => {
        seat.waitsSince = isWaiting ? (seat.waitsSince ?? this.#clock.monotonic()) : null;
      },
      leave: () => void this.#seats.delete(seat),
    });
  }
}

/** Of the largest crowd, by caller or by address, the one not read for longest; null when the newcomer has as many. */
function victimAmong(seats: readonly Taken[], own: number, near: number): Taken | null {
  const byCaller = largest(Map.groupBy(seats, ({ client }) => client.caller));
  const byAddress = largest(Map.groupBy(seats, ({ crowd }) => crowd));
  const crowd = byCaller.length > own + 1 ? byCaller : byAddress.length > near + 1 ? byAddress : [];
  let victim: Taken | null = null;
  for (const seat of crowd) {
    if (seat.waitsSince !== null && seat.waitsSince < (victim?.waitsSince ?? Infinity)) victim = seat;
  }
  return victim;
}

function largest(crowds: ReadonlyMap<string, Taken[]>): Taken[] {
  let found: Taken[] = [];
  for (const crowd of crowds.values()) if (crowd.length > found.length) found = crowd;
  return found;
}

const TOO_MANY = fail('TOO_MANY_EXPORTS', 'Too many exports are in progress. Try again later.');
