import { describe, expect, it } from 'vitest';
import { createLogger } from './log';

function logged(format: 'lines' | 'json', level: 'debug' | 'warn' = 'debug') {
  const lines: string[] = [];
  return { log: createLogger({ level, format, write: (line) => lines.push(line) }), lines };
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
});
