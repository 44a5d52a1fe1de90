import { pino } from 'pino';
import { displayText } from '@shared/display-text';
import type { Logger } from '@shared/logger';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What sets the level wherever no option does. */
export const LOG_LEVEL_VARIABLE = 'WIREWATCH_LOG_LEVEL';

/** Null for what is no level. */
export function parseLogLevel(text: string | undefined): LogLevel | null {
  return LOG_LEVELS.find((level) => level === text) ?? null;
}

export interface LogOptions {
  level: LogLevel;
  /** `lines`: short, for people. `json`: one object per line, for programs. */
  format: 'lines' | 'json';
  /** Receives complete lines; standard error by default, which keeps standard output clean. */
  write?: ((line: string) => void) | undefined;
}

/** The log of a composition root. Fields with text from devices cannot break out of their line. */
export function createLogger({ level, format, write = writeToStderr }: LogOptions): Logger {
  const sink = { write: (line: string) => write(format === 'json' ? escapeRest(line) : formatLine(line)) };
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
  const text = `${clock} ${String(level).padEnd(5)} ${displayText(String(message))}`;
  return `${pairs.length > 0 ? `${text}  ${pairs.join(' ')}` : text}\n`;
}

function formatValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(displayText(text));
}

/** Escapes characters that terminals interpret and JSON leaves as they are. */
function escapeRest(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}
