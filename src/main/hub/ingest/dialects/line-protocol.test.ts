import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DialectContext } from './dialect';
import { lineProtocol, parseLine } from './line-protocol';

const NOW = 1_796_064_126_048;
const NS = `${NOW}000000`;
const context: DialectContext = { now: NOW, maxValues: 1_000, precision: null };

function read(text: string) {
  const { readings, remarks } = lineProtocol.parse(text, context);
  return {
    readings: readings.map(({ sender, time, values, states }) => ({
      sender: sender?.id ?? null,
      time,
      values: { ...values },
      states: { ...states },
    })),
    remarks,
  };
}

describe('Influx line protocol', () => {
  it('reads tags, escapes, field types, strings, comments, and times in any unit', () => {
    const text = [
      '# a comment',
      'weather\\ station,loc=us\\,midwest,kind=a\\=b temp=82.5,wet=true,n=3i,u=4u,name="a, \\"b\\" c" 1465839830100400200',
      'cpu usage=.5e1 1465839830',
      'm  v=1  ',
    ].join('\r\n');
    expect(read(text).readings).toEqual([
      {
        sender: null,
        time: 1465839830100,
        values: {
          'weather station.temp{kind="a=b",loc="us,midwest"}': 82.5,
          'weather station.wet{kind="a=b",loc="us,midwest"}': true,
          'weather station.n{kind="a=b",loc="us,midwest"}': 3,
          'weather station.u{kind="a=b",loc="us,midwest"}': 4,
        },
        states: { 'weather station.name{kind="a=b",loc="us,midwest"}': 'a, "b" c' },
      },
      { sender: null, time: 1465839830000, values: { 'cpu.usage': 5 }, states: {} },
      { sender: null, time: null, values: { 'm.v': 1 }, states: {} },
    ]);
  });

  it('tells hosts on one connection apart, and joins what one host says of one moment', () => {
    const text = `temp,host=attic value=1 ${NS}\ntemp,host=cellar value=99 ${NS}\nhum,host=attic value=40 ${NS}`;
    expect(read(text).readings).toEqual([
      { sender: 'attic', time: NOW, values: { temp: 1, hum: 40 }, states: {} },
      { sender: 'cellar', time: NOW, values: { temp: 99 }, states: {} },
    ]);
  });

  it('keeps both of two points that say the same at no stated time', () => {
    expect(read('m v=1\nm v=2').readings.map(({ values }) => values)).toEqual([{ 'm.v': 1 }, { 'm.v': 2 }]);
  });

  it.each(['n/a', '--', 'undefined', '-nan(ind)', '0x1F', '21.5C', ''])(
    'takes "%s" for no value, and keeps the fields beside it',
    (word) => {
      const { readings, remarks } = read(`m,host=a x=1\nm,host=a t=${word},h=41 ${NS}`);
      expect(readings[1]).toMatchObject({ time: NOW, values: { 'm.t': null, 'm.h': 41 } });
      expect(remarks).toEqual([expect.objectContaining({ code: 'NOT_A_NUMBER' })]);
      expect(remarks[0]?.message).toContain(`"${word}" in line 2 (t)`);
    },
  );

  it('leaves a line out whose field has a comma or a blank in its name, as of 21,5', () => {
    const { readings, remarks } = read('m,host=a t=21,5,h=41\nm,host=a x\\ y\\,z=1');
    expect(readings.map(({ values }) => values)).toEqual([{ 'm.x y,z': 1 }]);
    expect(remarks[0]?.message).toContain('"5" has no value');
    expect(lineProtocol.identify('I (123) wifi: rssi=-60')).toBe(false);
  });

  it('takes no pairs of names and numbers for a measurement', () => {
    for (const text of ['temp=21.5 hum=40', 'temp=21.5,hum=40 rssi=-60', 't=-1C h=5']) {
      expect(lineProtocol.identify(text)).toBe(false);
      const { readings, remarks } = read(`cpu usage=1\n${text}`);
      expect(readings).toHaveLength(1);
      expect(remarks[0]?.message).toContain('Line 2 is left out');
    }
    expect(read('a\\=5 v=1').readings[0]?.values).toEqual({ 'a=5.v': 1 });
    expect(read('x=y v=1').readings[0]?.values).toEqual({ 'x=y.v': 1 });
  });

  it('reads a number in quotes as one, unless digits would be lost', () => {
    const [reading] = read('m,host=a t="21.5",n="nan",serial="0012",state="on"').readings;
    expect(reading?.values).toEqual({ 'm.t': 21.5, 'm.n': null });
    expect(reading?.states).toEqual({ 'm.serial': '0012', 'm.state': 'on' });
  });

  it('reads times as fractions and ISO 8601 too', () => {
    const iso = new Date(NOW).toISOString();
    for (const time of [iso, iso.replace('Z', '+00:00'), String(NOW / 1000), String(NOW)]) {
      expect(read(`m v=1 ${time}`).readings[0]?.time).toBe(NOW);
    }
    expect(read('m v=1 soon').readings).toEqual([]);
  });

  it('refuses names in another encoding, which would all look the same', () => {
    const { readings, remarks } = read('t,host=K\ufffdche v=1\nt,host=a v=2');
    expect(readings.map(({ sender }) => sender)).toEqual(['a']);
    expect(remarks[0]?.message).toContain('not UTF-8');
  });

  it('shows a name without characters that hide others or change their direction', () => {
    const sender = lineProtocol.parse('m,host=a\u202eb v=1', context).readings[0]?.sender;
    expect(sender).toEqual({ id: 'ab', name: 'ab' });
  });

  it('takes NaN for no value, keeps the lines beside it, and names the line', () => {
    const { readings, remarks } = read(
      `cpu,host=nas usage=1 ${NS}\ncpu,host=nas temp=NaN ${NS}\nmem,host=nas used=5 ${NS}`,
    );
    expect(readings[0]?.values).toEqual({ 'cpu.usage': 1, 'cpu.temp': null, 'mem.used': 5 });
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toMatchObject({ code: 'NOT_A_NUMBER' });
    expect(remarks[0]?.message).toContain('"NaN" in line 2');
  });

  it('leaves a bad line out, names it and what is wrong, and keeps the others', () => {
    const { readings, remarks } = read(`a v=1\nthis is no line\nb v=2,\nc v=3`);
    expect(Object.assign({}, ...readings.map(({ values }) => values))).toEqual({ 'a.v': 1, 'c.v': 3 });
    expect(remarks).toHaveLength(1);
    expect(remarks[0]?.message).toContain('Line 2 is left out (and 1 more lines)');
  });

  it('takes a backlog of any length, and leaves out a line with too many fields', () => {
    const backlog = Array.from({ length: 2_500 }, (_, i) => `m,host=nas v=${i} ${NOW - i * 1_000}000000`);
    expect(read(backlog.join('\n')).readings).toHaveLength(2_500);
    const fields = Array.from({ length: context.maxValues + 1 }, (_, i) => `f${i}=1`).join();
    const { readings, remarks } = read(`m ${fields} ${NS}\nm v=1 ${NS}`);
    expect(readings.map(({ values }) => values)).toEqual([{ 'm.v': 1 }]);
    expect(remarks[0]?.message).toContain('more than 1000 fields');
  });

  it('reads line breaks in a quoted text as part of it', () => {
    const text = `syslog,host=nas severity=3i,message="first line\nsecond line" ${NS}\ncpu,host=nas usage=2 ${NS}\nbad`;
    const { readings, remarks } = read(text);
    expect(readings[0]?.values).toEqual({ 'syslog.severity': 3, 'cpu.usage': 2 });
    expect(readings[0]?.states).toEqual({ 'syslog.message': 'first line second line' });
    expect(remarks[0]?.message).toContain('Line 4');
  });

  it.each([
    ['system,host=nas uptime_format=" 4:16",uptime=15360i', "Telegraf's uptime in words"],
    ['now,hostname=nas iso="2026-12-01T01:21:28+00:00",custom="01:21:28",n=1', "Glances' clock"],
    ['network,hostname=nas,interface_name=lo key="interface_name",speed=0', 'the name of a tag'],
  ])('takes no state from %s: %s', (line) => {
    const [reading] = read(line).readings;
    expect(Object.keys(reading?.values ?? {})).toHaveLength(1);
    expect(reading?.states).toEqual({});
  });

  it('loses one line to a text that never ends', () => {
    const { readings, remarks } = read('a text="never\nb v=1');
    expect(readings[0]?.values).toEqual({ 'b.v': 1 });
    expect(remarks[0]?.message).toContain('does not end');
  });

  it('takes a time before 2000 for a clock that was never set, and the arrival for it', () => {
    const { readings, remarks } = read('m,host=esp v=1 5000000000');
    expect(readings[0]?.time).toBeNull();
    expect(remarks[0]?.code).toBe('TIME_NOT_UNDERSTOOD');
  });

  it('reads times in the unit that was declared', () => {
    const parsed = lineProtocol.parse('m v=1 1796064126', { ...context, precision: 's' });
    expect(parsed.readings[0]?.time).toBe(1796064126000);
  });

  it('reads a byte order mark before it and NULs after it', () => {
    expect(read('\ufeffm v=1\0\0').readings[0]?.values).toEqual({ 'm.v': 1 });
  });

  it.each([
    'Hello, server!',
    'a',
    'a b',
    'a b=',
    'a b=1 x',
    'a,b c=1',
    ',a=b c=1',
    'a b="x',
    'a, b=1',
    'a b=1,',
  ])('is not what "%s" is', (text) => {
    expect(typeof parseLine(text)).toBe('string');
    expect(lineProtocol.identify(text)).toBe(false);
  });

  it('never throws and never hangs on what only looks like it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a=, "\\1.\n#i-]{0,60}$/), (text) => {
        lineProtocol.identify(text);
        lineProtocol.parse(text, context);
      }),
      { numRuns: 2_000 },
    );
  });
});
