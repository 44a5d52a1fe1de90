import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import { DEFAULT_LIMITS, type Limits } from '@shared/protocol/limits';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { Penalties } from '../bounds/penalties';
import { RefusedCounter } from '../bounds/refused-counter';
import { DEFAULT_TIMINGS } from '../timings';
import { HttpGate } from './http-gate';

let clock: ManualClock;
let gate: HttpGate;

function start(some: Partial<Limits> = {}): void {
  clock = new ManualClock();
  const limits = { ...DEFAULT_LIMITS, ...some };
  const refused = new RefusedCounter(limits, () => clock.now());
  const penalties = new Penalties(clock, limits);
  gate = new HttpGate({ clock, log: silentLogger, limits, timings: DEFAULT_TIMINGS, refused, penalties });
}
beforeEach(() => start());

const newSocket = (address: string) => Object.assign(new EventEmitter(), { remoteAddress: address });

/** A request; `answered` says that its answer is complete. */
function ask(address: string, headers: Record<string, string> = {}, socket = newSocket(address)) {
  const response = new EventEmitter();
  const set: string[] = [];
  Object.assign(response, { setHeader: (name: string, value: string) => set.push(`${name}: ${value}`) });
  const request = { headers, socket } as unknown as IncomingMessage;
  const refusal = gate.enter(request, response as unknown as ServerResponse);
  return { refusal, code: refusal?.code ?? null, set, answered: () => response.emit('close') };
}

describe('plain HTTP', () => {
  it('is 200 requests a second from one address, and ten times that at once', () => {
    const count = (address: string, times: number): number =>
      Array.from({ length: times }, () => {
        const { refusal, answered } = ask(address);
        answered();
        return refusal;
      }).filter((refusal) => refusal === null).length;
    expect(count('10.0.0.1', 2_100)).toBe(2_000);
    clock.advance(1_000);
    expect(count('10.0.0.1', 300)).toBe(200);
    expect(count('10.0.0.2', 10)).toBe(10);
    expect(ask('10.0.0.1').refusal).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
  });

  it('is 64 requests in progress from one address, until one is answered', () => {
    const asked = Array.from({ length: 64 }, () => ask('10.0.0.1'));
    expect(asked.every(({ code }) => code === null)).toBe(true);
    expect(ask('10.0.0.1').refusal).toMatchObject({ status: 503, code: 'TOO_BUSY' });
    expect(ask('10.0.0.2').code).toBeNull();
    asked[0]?.answered();
    expect(ask('10.0.0.1').code).toBeNull();
    expect(ask('10.0.0.1').code).toBe('TOO_BUSY');
  });

  it('is 512 requests in progress in all', () => {
    const asked = Array.from({ length: 512 }, (_, i) => ask(`10.0.${i >> 6}.1`));
    expect(asked.every(({ code }) => code === null)).toBe(true);
    expect(ask('10.0.99.1').code).toBe('TOO_BUSY');
    asked[0]?.answered();
    expect(ask('10.0.99.1').code).toBeNull();
  });

  it('keeps no connection open when half of all requests are in progress', () => {
    const asked = Array.from({ length: 257 }, (_, i) => ask(`10.0.${i >> 4}.1`));
    expect(asked[255]?.set).toEqual([]);
    expect(asked[256]?.set).toEqual(['Connection: close']);
  });

  it('keeps no connection open of an address that has very many', () => {
    const sockets = Array.from({ length: 65 }, () => newSocket('10.0.0.1'));
    const sets = sockets.map((socket) => {
      const { set, answered } = ask('10.0.0.1', {}, socket);
      answered();
      return set;
    });
    expect(sets.slice(0, 64).flat()).toEqual([]);
    expect(sets[64]).toEqual(['Connection: close']);
    sockets[0]?.emit('close');
    expect(ask('10.0.0.1', {}, sockets[1]).set).toEqual([]);
  });

  it('counts what pages of other sites make a browser ask by itself', () => {
    start({ requestsPerAddress: 1 });
    const elsewhere = { 'sec-fetch-site': 'cross-site' };
    expect(ask('10.0.0.1', elsewhere).code).toBeNull();
    expect(ask('10.0.0.1', { 'sec-fetch-site': 'same-site' }).code).toBe('TOO_BUSY');
    expect(ask('10.0.0.1', { 'sec-fetch-site': 'same-origin' }).code).toBeNull();
    expect(ask('10.0.0.1', { 'sec-fetch-site': 'none' }).code).toBe('TOO_BUSY');
    expect(ask('10.0.0.1').code).toBe('TOO_BUSY');
  });
});
