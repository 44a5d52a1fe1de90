import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DialectContext } from './dialect';
import { json } from './json';

const NOW = 1_796_064_126_048;
const context: DialectContext = { now: NOW, maxValues: 1_000, precision: null };

function read(text: string) {
  expect(json.identify(text)).toBe(true);
  const { readings, events, remarks } = json.parse(text, context);
  return {
    readings: readings.map(({ sender, time, values, states }) => ({
      sender: sender?.id ?? null,
      time,
      values: { ...values },
      states: { ...states },
    })),
    events,
    remarks,
  };
}

describe('JSON of devices', () => {
  it('takes identity and time from the top level; an id may be a number', () => {
    const { readings } = read(`{"id":1234567890,"name":"Attic","ts":${NOW},"temp":1}`);
    expect(readings).toEqual([{ sender: '1234567890', time: NOW, values: { temp: 1 }, states: {} }]);
    expect(json.parse('{"id":7,"name":"Attic","t":1}', context).readings[0]?.sender).toEqual({
      id: '7',
      name: 'Attic',
    });
  });

  it.each(['nan', 'NaN', '-inf', 'Infinity', 'ovf', '-nan(ind)'])(
    'takes %s for no value and says so',
    (token) => {
      const { readings, remarks } = read(`{"id":"dht","temp":${token},"hum":41}`);
      expect(readings[0]).toMatchObject({ sender: 'dht', values: { temp: null, hum: 41 } });
      expect(remarks).toEqual([expect.objectContaining({ code: 'NOT_A_NUMBER' })]);
      expect(remarks[0]?.message).toContain(`"${token}" at character 20`);
    },
  );

  it.each(['n/a', 'undefined', '--', '0x1F', '1.2.3', '21.5C', 'NULL', "'21.5'"])(
    'takes the word %s for no value, and keeps its neighbours',
    (token) => {
      const { readings, remarks } = read(`[{"id":"a","t":1},{"id":"b","t":${token},"h":2},{"id":"c","t":3}]`);
      expect(readings.map(({ sender, values }) => [sender, values])).toEqual([
        ['a', { t: 1 }],
        ['b', { t: null, h: 2 }],
        ['c', { t: 3 }],
      ]);
      expect(remarks[0]?.message).toContain(`"${token}" at character 33`);
    },
  );

  it.each([
    ['+5', 5],
    ['.5', 0.5],
    ['5.', 5],
    ['-05', -5],
    ['True', true],
    ['None', undefined],
  ])('reads %s as other languages write it', (token, value) => {
    const { readings, remarks } = read(`{"temp":${token},"hum":41}`);
    expect(readings[0]?.values['temp']).toBe(value);
    expect(readings[0]?.values['hum']).toBe(41);
    expect(remarks).toEqual([]);
  });

  it('says which value is too large for a number, or a text that is none', () => {
    expect(read('{"temp":1e999,"hum":41}').remarks[0]?.message).toContain('"Infinity" of "temp"');
    const { readings, remarks } = read('{"a":{"temp":"NaN"},"hum":41}');
    expect(readings[0]?.values).toEqual({ 'a.temp': null, hum: 41 });
    expect(remarks[0]?.message).toContain('"NaN" of "a.temp"');
  });

  it('is no metrics where a word stands without a name', () => {
    expect(read('[INFO] booting').remarks).toEqual([expect.objectContaining({ code: 'BAD_JSON' })]);
  });

  it('reads texts with line breaks and stray backslashes in them', () => {
    const { readings, remarks } = read('{"id":"nas","log":"first\nsecond C:\\data \\"ok\\"","temp":2}');
    expect(readings[0]).toMatchObject({ sender: 'nas', values: { temp: 2 } });
    expect(readings[0]?.states['log']).toBe('first second C:\\data "ok"');
    expect(remarks).toEqual([]);
  });

  it('keeps the line behind one that breaks off, or whose text does not end', () => {
    for (const bad of ['{"temp":2,"hum":', '{"temp":2', '{"temp":2,"log":"no end', '{"temp":2,"s":[1,']) {
      const { readings, remarks } = read(`{"temp":1}\n${bad}\n{"temp":3}\n{"temp":4}`);
      expect(readings.map(({ values }) => values['temp'])).toEqual([1, 3, 4]);
      expect(remarks.map(({ code }) => code)).toEqual(['BAD_JSON']);
    }
  });

  it('tells ids apart that are longer than a number can be, or than a name', () => {
    const ids = (text: string) => read(text).readings.map(({ sender }) => sender);
    expect(ids('[{"id":2956782389847654321,"t":1},{"id":2956782389847654322,"t":2}]')).toEqual([
      '2956782389847654321',
      '2956782389847654322',
    ]);
    const long = 'x'.repeat(300);
    expect(ids(`[{"id":"${long}a","t":1},{"id":"${long}b","t":2}]`)).toEqual([`${long}a`, `${long}b`]);
  });

  it('gives each item of a list a series of its own, whatever the items call themselves', () => {
    const { readings } = read(
      `{"id":"gw","s":[{"id":"x","t":1},{"id":"x","t":2},{"name":"","t":3},{"id":2956782389847654321,"t":4},{"id":2956782389847654322,"t":5}]}`,
    );
    expect(readings[0]?.values).toEqual({
      's.t{id=x,index=0}': 1,
      's.t{id=x,index=1}': 2,
      's.t{index=2}': 3,
      's.t{id=2956782389847654321}': 4,
      's.t{id=2956782389847654322}': 5,
    });
  });

  it('takes a text of digits for a number unless digits would be lost', () => {
    const { readings } = read(
      '{"a":"21.5","serial":"0012","imei":"356938035643809123","pi":"3.14159265358979312"}',
    );
    expect(readings[0]?.values).toEqual({ a: 21.5, pi: 3.14159265358979312 });
    expect(readings[0]?.states).toEqual({ serial: '0012', imei: '356938035643809123' });
  });

  it('says which number it took for a decimal comma, wherever it stands', () => {
    for (const text of ['{"id":"a","t":"21,5"}', '{"type":"metrics","values":{"t":"21,5"}}']) {
      const { readings, remarks } = read(text);
      expect(readings[0]).toMatchObject({ values: { t: 21.5 }, states: {} });
      expect(remarks).toEqual([expect.objectContaining({ code: 'NUMBER_GUESSED' })]);
      expect(remarks[0]?.message).toContain('"21,5" of "t" was read as 21.5');
    }
    expect(read(' 21,5\n').readings[0]?.values).toEqual({ value: 21.5 });
    expect(read('1,234')).toMatchObject({
      readings: [{ values: {}, states: { value: '1,234' } }],
      remarks: [{ code: 'NUMBER_AMBIGUOUS' }],
    });
  });

  it('keeps the good values of "metrics", texts as states, and any form of time', () => {
    const iso = new Date(NOW).toISOString();
    const { readings, remarks } = read(
      `{"type":"metrics","id":"b","ts":"${iso}","values":{"a":1,"b":"2.5","c":"open","d":NaN,"e":{"x":1}}}`,
    );
    expect(readings).toEqual([
      { sender: 'b', time: NOW, values: { a: 1, b: 2.5, d: null }, states: { c: 'open' } },
    ]);
    expect(remarks.map(({ code }) => code)).toEqual(['NOT_A_NUMBER', 'BAD_MESSAGE']);
  });

  it.each(['2026-12-01T03:02:06,048+01', '20261201T020206.048Z', '1.796090526048e9', '1796090526.048'])(
    'reads the time %s',
    (time) => {
      const { readings, remarks } = read(`{"id":"a","ts":"${time}","temp":1}`);
      expect(readings[0]).toMatchObject({ time: 1_796_090_526_048, values: { temp: 1 }, states: {} });
      expect(remarks).toEqual([]);
    },
  );

  it('takes a leap second for the one after it', () => {
    const { readings, remarks } = read('{"id":"a","ts":"2016-12-31T23:59:60.5Z","temp":1}');
    expect([readings[0]?.time, remarks]).toEqual([Date.UTC(2017, 0, 1) + 500, []]);
  });

  it.each(['12:30:05', 'Tue, 01 Dec 2026 02:02:06 GMT', 'soon'])(
    'says that "%s" is no time, and makes no state of it that is new each time',
    (time) => {
      const { readings, remarks } = read(`{"id":"a","time":"${time}","temp":1}`);
      expect(readings[0]).toMatchObject({ time: null, values: { temp: 1 }, states: {} });
      expect(remarks[0]?.code).toBe('BAD_TIME');
    },
  );

  it.each(['{"type":"ping"}', '{"op":"heartbeat","id":"a","ts":5}', '{"cmd":"keepalive","seq":7}'])(
    'makes nothing of the ping %s',
    (ping) => expect(read(ping)).toEqual({ readings: [], events: [], remarks: [] }),
  );

  it('reads JSON that was encoded twice', () => {
    const { readings } = read(JSON.stringify('{"id":"a","temp":1}'));
    expect(readings).toEqual([{ sender: 'a', time: null, values: { temp: 1 }, states: {} }]);
  });

  it("takes an answer of Shelly's RPC for its sender's, whatever number the question had", () => {
    const { readings } = read(
      '{"id":1,"src":"shelly-a","dst":"ws","result":{"switch:0":{"id":0,"apower":5}}}',
    );
    expect(readings[0]).toMatchObject({ sender: 'shelly-a', values: { 'switch.apower{id=0}': 5 } });
  });

  it('reads Tasmota: its units as it declares them, its local time as none', () => {
    const sensor =
      '{"Time":"2026-12-01T08:00:00","AM2301":{"Temperature":70.1,"Humidity":40,"DewPoint":44.6}';
    const units = (text: string) => {
      const [reading] = json.parse(text, context).readings;
      return Object.fromEntries((reading?.drafts ?? []).map(({ name, unit }) => [name, unit]));
    };
    const declared = { 'AM2301.Temperature': '[degF]', 'AM2301.DewPoint': '[degF]' };
    expect(units(`${sensor},"TempUnit":"F"}`)).toEqual(declared);
    expect(units(`{"StatusSNS":${sensor},"TempUnit":"F"}}`)).toEqual(declared);
    const { readings, remarks } = read(
      `${sensor},"TempUnit":"F","Uptime":"1T00:01:02","ENERGY":{"Total":3}}`,
    );
    expect(readings[0]).toMatchObject({ time: null, states: {} });
    expect(readings[0]?.values).toMatchObject({
      'AM2301.Temperature': 70.1,
      Uptime: 86_462,
      'ENERGY.Total': 3,
    });
    expect(remarks).toEqual([]);
    const pressure = '{"Time":"2026-12-01T08:00:00","BMP280":{"Pressure":755.2},"PressureUnit":"mmHg"}';
    expect(units(pressure)).toEqual({ 'BMP280.Pressure': 'mm[Hg]' });
  });

  it('takes a unit that stands beside a value, and knows that of a Zigbee battery', () => {
    const read = (text: string) => json.parse(text, context).readings[0];
    const beside = read('{"id":"a","temperature":{"value":70,"unit":"°F"},"mode":{"unit":"x"}}');
    expect(beside?.drafts).toEqual([{ name: 'temperature.value', labels: {}, unit: '[degF]' }]);
    expect({ ...beside?.states }).toEqual({ 'mode.unit': 'x' });
    const list = read('{"id":"a","s":[{"id":"1","value":1,"unit":"kWh"},{"id":"2","value":2,"unit":"V"}]}');
    expect(list?.drafts?.map(({ labels, unit }) => [labels?.['id'], unit])).toEqual([
      ['1', 'kW.h'],
      ['2', 'V'],
    ]);
    expect(read('{"battery":97,"linkquality":120,"voltage":2995}')?.drafts).toEqual([
      { name: 'voltage', unit: 'mV' },
    ]);
  });

  it('takes "Time" and "Timestamp" for the time, however they are written', () => {
    for (const field of ['Time', 'TIMESTAMP'])
      expect(read(`{"id":"a","${field}":"2026-12-01T02:02:06.048Z","temp":1}`).readings[0]?.time).toBe(
        1_796_090_526_048,
      );
    expect(read('{"id":"solar","Ts":71.5}').readings[0]?.values).toEqual({ Ts: 71.5 });
  });

  it('reads a byte order mark, NULs at the end, lists and NDJSON', () => {
    expect(read('\ufeff{"id":"ps","temp":1}').readings[0]?.values).toEqual({ temp: 1 });
    expect(read('{"temp":1}\0').readings[0]?.values).toEqual({ temp: 1 });
    const list = read('[{"id":"lab","temp":1},{"id":"lab","temp":2}]').readings;
    expect(list.map(({ values }) => values['temp'])).toEqual([1, 2]);
    const lines = read('{"id":"a","temp":1}\n{"id":"b","temp":2}\r\n').readings;
    expect(lines.map(({ sender }) => sender)).toEqual(['a', 'b']);
  });

  it('keeps the lines around a bad one, and names its place', () => {
    const { readings, remarks } = read('{"temp":1}\n{"temp":2,}\n{"temp":3}');
    expect(readings.map(({ values }) => values['temp'])).toEqual([1, 3]);
    expect(remarks[0]).toMatchObject({ code: 'BAD_JSON' });
    expect(remarks[0]?.message).toContain('line 2, character 11');
  });

  it('says where text that begins like JSON breaks off', () => {
    const { readings, events, remarks } = read('{"temp":21.5, hum:40}');
    expect(readings).toEqual([]);
    expect(events).toEqual([]);
    expect(remarks[0]?.code).toBe('BAD_JSON');
    expect(remarks[0]?.message).toContain('character 15');
  });

  it('reads numbers in texts, and other texts as states', () => {
    const [reading] = read('{"id":"water","temp":"21.5","valve":"open"}').readings;
    expect(reading).toMatchObject({ values: { temp: 21.5 }, states: { valve: 'open' } });
  });

  it.each([
    ['1796064126', 1_796_064_126_000],
    ['1796064126048', NOW],
    ['1796064126048000', NOW],
    ['1796064126048000000', NOW],
    ['"1796064126"', 1_796_064_126_000],
    ['"2026-11-30T18:42:06.048Z"', Date.UTC(2026, 10, 30, 18, 42, 6, 48)],
    ['"2026-11-30 19:42:06+01:00"', Date.UTC(2026, 10, 30, 18, 42, 6)],
  ])('reads the time %s by the only unit that fits', (ts, time) => {
    const { readings, remarks } = read(`{"id":"a","ts":${ts},"temp":1}`);
    expect(readings[0]).toMatchObject({ time, values: { temp: 1 } });
    expect(remarks).toEqual([]);
  });

  it('names the unit of a time that may be a count since the device started', () => {
    const { readings, remarks } = read('{"id":"millis","ts":1000000000,"temp":0}');
    expect(readings[0]?.time).toBe(1_000_000_000_000);
    expect(remarks[0]?.message).toContain('seconds');
  });

  it('takes the arrival for a time that no unit makes right, and says so', () => {
    const { readings, remarks } = read('{"id":"millis","ts":123456,"temp":0}');
    expect(readings[0]?.time).toBeNull();
    expect(remarks[0]?.code).toBe('TIME_NOT_UNDERSTOOD');
  });

  it("reads Telegraf's JSON for what it is, alone and in batches", () => {
    const one =
      '{"fields":{"usage_idle":97.5},"name":"cpu","tags":{"cpu":"cpu0","host":"nas"},"timestamp":1796064126}';
    const expected = {
      sender: 'nas',
      time: 1_796_064_126_000,
      values: { 'cpu.usage_idle{cpu=cpu0}': 97.5 },
      states: {},
    };
    expect(read(one).readings).toEqual([expected]);
    expect(read(`{"metrics":[${one},${one}]}`).readings).toEqual([expected, expected]);
    expect(json.parse(one, context).readings[0]?.mayBeBuffered).toBe(true);
  });

  it("takes no state from Telegraf's uptime in words, but from other texts", () => {
    const text =
      '{"fields":{"uptime_format":" 4:16","mode":"on"},"name":"system","tags":{"host":"nas"},"timestamp":1796064126}';
    expect(read(text).readings[0]?.states).toEqual({ 'system.mode': 'on' });
  });

  it("reads Shelly's RPC for what it is", () => {
    const text =
      '{"src":"shellyplus1-a8","dst":"ws","method":"NotifyStatus","params":{"ts":1796064126.05,"switch:0":{"id":0,"output":true,"apower":8.9,"source":"timer"}}}';
    expect(read(text).readings).toEqual([
      {
        sender: 'shellyplus1-a8',
        time: 1_796_064_126_050,
        values: { 'switch.output{id=0}': true, 'switch.apower{id=0}': 8.9 },
        states: { 'switch.source{id=0}': 'timer' },
      },
    ]);
  });

  it("takes the protocol's own metrics and events without a hello", () => {
    const { readings, events } = read(
      '{"type":"metrics","id":"a","values":{"t":1,"u":nan}}\n{"type":"event","id":"a","level":"warning","text":"hot"}',
    );
    expect(readings[0]).toMatchObject({ sender: 'a', values: { t: 1, u: null } });
    expect(events).toEqual([{ sender: { id: 'a', name: 'a' }, level: 'warning', text: 'hot' }]);
  });

  it('keeps what a device shows to be let in out of its states, but a number of that name', () => {
    const said = (text: string) => json.parse(text, context).readings[0];
    const secret = said('{"id":"nas","key":"wwk_x","token":"sesame","door":"open"}');
    expect({ ...secret?.states }).toEqual({ door: 'open' });
    expect({ ...said('{"id":"pad","key":7}')?.values }).toEqual({ key: 7 });
  });

  it('never throws, and gives nothing but numbers, whatever comes', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '1',
      'nan',
      '-',
      'e',
      '\\',
      '\n',
      ' ',
      'null',
      '"',
    );
    const text = fc.oneof(
      fc.json(),
      fc.array(token, { maxLength: 30 }).map((tokens) => `{${tokens.join('')}`),
    );
    fc.assert(
      fc.property(text, (words) => {
        for (const { values } of json.parse(words, context).readings) {
          for (const value of Object.values(values)) {
            expect(value === null || typeof value === 'boolean' || Number.isFinite(value)).toBe(true);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
