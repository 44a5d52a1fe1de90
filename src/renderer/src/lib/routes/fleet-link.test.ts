import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLEET_LAYOUTS, formatFleetList, GROUPINGS, parseFleetList, USUAL_LIST } from './fleet-link';

const column = fc.constantFrom('cpu', 'disk', 'name', 'attention', 'value:Temp', 'value:CO₂ level');

describe('the address of a list of devices', () => {
  it('brings back the same list', () => {
    const list = fc.record({
      filter: fc.string({ maxLength: 60 }).map((text) => text.trim()),
      sort: fc.record({ by: column, descending: fc.boolean() }),
      group: fc.constantFrom(...GROUPINGS),
      layout: fc.constantFrom(...FLEET_LAYOUTS),
      columns: fc.option(fc.uniqueArray(column, { maxLength: 6, minLength: 1 })),
    });
    fc.assert(
      fc.property(list, (value) => {
        const text = formatFleetList(value);
        expect(parseFleetList(text) ?? USUAL_LIST).toEqual(value);
      }),
    );
  });

  it('is empty for the usual list', () => {
    expect(formatFleetList(USUAL_LIST)).toBe('');
    expect(parseFleetList('')).toBeNull();
    expect(parseFleetList('?range=1h')).toBeNull();
  });

  it('makes sense of what was typed into it', () => {
    expect(parseFleetList('q=nas&sort=<script>&group=colour&view=pie&columns=cpu,,cpu,"')).toEqual({
      ...USUAL_LIST,
      filter: 'nas',
      columns: ['cpu'],
    });
    fc.assert(fc.property(fc.string(), (text) => void parseFleetList(text)));
  });
});
