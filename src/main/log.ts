import { pino } from 'pino';
import type { Logger } from '@shared/logger';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  level: LogLevel;
  /** `lines`: short, for people. `json`: one object a line, for programs. */
  format: 'lines' | 'json';
  /** Where complete lines go; standard error by default, which keeps standard output clean. */
  write?: ((line: string) => void) | undefined;
}

/** The log of a composition root. Fields that devices sent cannot break out of their line. */
export function createLogger({ level, format, write = writeToStderr }: LogOptions): Logger {
  const sink = { write: (line: string) => write(format === 'json' ? line : formatLine(line)) };
  const log = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return {
    debug: (message, fields) => log.debug(fields ?? {}, message),
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    error: (message, fields) => log.error(fields ?? {}, message),
  };
}

/** `14:03:22 warn  a device was refused  code=BAD_JSON address=192.168.1.4` */
function formatLine(json: string): string {
  const { level, time, message, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${formatValue(value)}`);
  const text = `${clock} ${String(level).padEnd(5)} ${plain(String(message))}`;
  return `${pairs.length > 0 ? `${text}  ${pairs.join(' ')}` : text}\n`;
}

function formatValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(plain(text));
}

/** Terminals obey control characters; a device's name must not reach them as such. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this replaces
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\uFFFD');
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}
