import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgentMessage, parseHubMessage } from './parse';

const device = { id: 'nas', name: 'nas', kind: 'computer' };

describe('parsing what agents send', () => {
  it('accepts every message of the protocol and drops unknown fields', () => {
    const messages = [
      { type: 'hello', device, agent: 'x/1', now: 1, stream: 's', minIntervalMs: 250 },
      { type: 'schema', version: 3, series: [{ name: 'a', labels: { b: 'c' }, kind: 'counter', max: null }] },
      { type: 'rows', seq: 42, schema: 3, rows: [[1, 2, null]], stream: 's' },
      { type: 'metrics', ts: 5, values: { temp: 21.5, on: true, none: null } },
      { type: 'event', level: 'warning', text: 'hot' },
      { type: 'lost', from: 1, to: 2, count: 3 },
      { type: 'backlog', remaining: 2, total: 10 },
      { type: 'result', id: 7, value: { any: ['thing'] } },
      { type: 'result', id: 7, error: { code: 'NO', message: 'no' } },
    ];
    for (const message of messages) {
      expect(parseAgentMessage({ ...message, novelty: 1 }), message.type).toMatchObject({ ok: true });
    }
  });

  it.each([
    [null, 'NOT_AN_OBJECT', 'object'],
    [{ temp: 1 }, 'NO_TYPE', 'type'],
    [{ type: 'constructor' }, 'UNKNOWN_TYPE', 'constructor'],
    [{ type: 'hello', device: { ...device, id: 'a b' }, agent: 'x' }, 'BAD_MESSAGE', 'device.id'],
    [{ type: 'hello', device: { ...device, kind: 'toaster' }, agent: 'x' }, 'BAD_MESSAGE', 'device.kind'],
    [{ type: 'rows', seq: -1, schema: 1, rows: [] }, 'BAD_MESSAGE', 'seq'],
    [{ type: 'rows', seq: 1, schema: 1, rows: [[1, 2], [3, '4']] }, 'BAD_MESSAGE', 'rows.1.1'], // prettier-ignore
    [{ type: 'metrics', values: { a: 'b' } }, 'BAD_MESSAGE', 'values.a'],
    [{ type: 'schema', version: 1, series: [{ name: '' }] }, 'BAD_MESSAGE', 'series.0.name'],
    [{ type: 'event', level: 'loud', text: '' }, 'BAD_MESSAGE', 'level'],
  ])('refuses %j with %s, naming what is wrong', (message, code, field) => {
    const parsed = parseAgentMessage(message);
    expect(parsed).toMatchObject({ ok: false, error: { code } });
    expect(!parsed.ok && parsed.error.message).toContain(field);
  });

  it('answers anything at all with a message or a fault, and never throws', () => {
    const types = fc.constantFrom('hello', 'schema', 'rows', 'metrics', 'event', 'lost', 'result', 'x');
    const anything = fc.record(
      {
        type: types,
        seq: fc.anything(),
        schema: fc.anything(),
        rows: fc.anything(),
        values: fc.anything(),
        device: fc.anything(),
        series: fc.anything(),
        text: fc.anything(),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), anything), (value) => {
        const parsed = parseAgentMessage(value);
        if (!parsed.ok) expect(parsed.error.message).toMatch(/\.$|: /);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lets through only rows whose cells are finite numbers or null', () => {
    const cell = fc.oneof(fc.double(), fc.constant(null), fc.string({ maxLength: 2 }), fc.boolean());
    const rows = fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 5 });
    fc.assert(
      fc.property(rows, (given) => {
        const isRight = given.every(
          (row) =>
            Number.isFinite(row[0]) && row.slice(1).every((one) => one === null || Number.isFinite(one)),
        );
        expect(parseAgentMessage({ type: 'rows', seq: 1, schema: 1, rows: given }).ok).toBe(isRight);
      }),
    );
  });
});

describe('parsing what the hub sends', () => {
  it('tells unknown types, which agents ignore, from broken messages', () => {
    expect(parseHubMessage('{"type":"ack","seq":3}')).toEqual({ ok: true, value: { type: 'ack', seq: 3 } });
    expect(parseHubMessage('{"type":"later"}')).toMatchObject({ error: { code: 'UNKNOWN_TYPE' } });
    expect(parseHubMessage('{"type":"ack","seq":"3"}')).toMatchObject({ error: { code: 'BAD_MESSAGE' } });
    expect(parseHubMessage('{')).toMatchObject({ error: { code: 'BAD_JSON' } });
  });
});
