import { describe, expect, it } from 'vitest';
import { logFault } from '@shared/logger';
import { createLogger } from './log';

function logged(format: 'lines' | 'json', level: 'debug' | 'warn' = 'debug') {
  const lines: string[] = [];
  const clock = { now: 0, monotonic: () => clock.now };
  return { log: createLogger({ level, format, write: (line) => lines.push(line), clock }), lines, clock };
}

describe('the log', () => {
  it('is one short line for people', () => {
    const { log, lines } = logged('lines');
    log.warn('a device was refused', { code: 'BAD_JSON', address: '192.168.1.4', tries: 3 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d warn {2}a device was refused {2}code=BAD_JSON address=192\.168\.1\.4 tries=3\n$/,
    );
  });

  it('is one object a line for programs', () => {
    const { log, lines } = logged('json');
    log.info('hello', { port: 7411 });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', message: 'hello', port: 7411 });
  });

  it('lets no device write control characters or lines of its own', () => {
    const { log, lines } = logged('lines');
    const name = 'evil\n12:00:00 error you are hacked\u001b[31m\u009b2J';
    log.info(`joined: ${name}`, { name });
    // eslint-disable-next-line no-control-regex -- none of them may get through
    expect(lines[0]?.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it('lets none of them through to programs either, and loses nothing', () => {
    const { log, lines } = logged('json');
    const name = 'evil\n\u001b[31m\u009b2J\u202egpj.exe\u2028';
    log.info('joined', { name });
    expect(lines[0]?.trimEnd()).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name });
  });

  it('leaves out what is below its level', () => {
    const { log, lines } = logged('lines', 'warn');
    log.debug('a');
    log.info('b');
    log.error('c');
    expect(lines).toHaveLength(1);
  });

  it('shows the stack of a fault below its line, indented, so that it cannot pass for a line', () => {
    const { log, lines } = logged('lines');
    logFault(log, 'TIMER_FAILED', 'A timer failed.', new Error('odd\n12:00:00 info  all is well'));
    const [head, ...rest] = (lines[0] ?? '').trimEnd().split('\n');
    expect(head).toMatch(/ error A timer failed\. {2}code=TIMER_FAILED$/);
    expect(rest[0]).toBe('    Error: odd');
    expect(rest[1]).toBe('    12:00:00 info all is well');
    expect(rest.some((line) => /^ {4}at .*log\.test\.ts/.test(line))).toBe(true);
    expect(rest.every((line) => line.startsWith('    '))).toBe(true);
  });

  it('hides keys and tokens in messages, fields and stacks', () => {
    for (const format of ['lines', 'json'] as const) {
      const { log, lines } = logged(format);
      const cause = new SyntaxError('Unexpected end of {"type":"hello","token":"hunter2-hunter2');
      logFault(log, 'X', 'no wwt_abc', new Error('wwk_secretsecret', { cause }), { path: '/?token=hunter2' });
      expect(lines[0]).toContain('(hidden)');
      expect(lines[0]).not.toMatch(/hunter2|wwk_|wwt_/);
    }
  });

  it('has each key once, whatever its fields are called', () => {
    const { log, lines } = logged('json');
    log.warn('It failed.', { message: 'Port in use.', level: 3, time: 'noon', code: 'X' });
    expect(lines[0]?.match(/"message":/g)).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      message: 'It failed.',
      message_: 'Port in use.',
      level: 'warn',
      level_: 3,
      time_: 'noon',
    });
  });

  it('writes a fault that keeps coming back ever more rarely, and counts the rest', () => {
    const { log, lines, clock } = logged('json');
    const fail = (message: string): void => logFault(log, 'TIMER_FAILED', 'Failed.', new Error(message));
    const other = (): void => logFault(log, 'TIMER_FAILED', 'Failed.', new Error('somewhere else'));
    for (let n = 0; n <= 1_800; n++) {
      fail(`device ${n}`);
      clock.now += 100;
    }
    other();
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ code: 'TIMER_FAILED', message: 'Failed.' });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ repeated: 599 });
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ repeated: 1_199 });
    expect(JSON.parse(lines[3] ?? '')).not.toHaveProperty('repeated');
  });
});
