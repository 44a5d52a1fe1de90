import { pino } from 'pino';
import { systemClock, type Clock } from '@shared/clock';
import { displayText } from '@shared/display-text';
import { hideSecrets } from '@shared/hide-secrets';
import type { Logger } from '@shared/logger';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The environment variable with the log level; an option overrides it. */
export const LOG_LEVEL_VARIABLE = 'WIREWATCH_LOG_LEVEL';

/** Parses a log level; null if the text is not one. */
export function parseLogLevel(text: string | undefined): LogLevel | null {
  return LOG_LEVELS.find((level) => level === text) ?? null;
}

export interface LogOptions {
  level: LogLevel;
  /** `lines`: short, for people. `json`: one object per line, for programs. */
  format: 'lines' | 'json';
  /** Receives complete lines; standard error by default, which keeps standard output clean. */
  write?: ((line: string) => void) | undefined;
  clock?: Pick<Clock, 'monotonic'> | undefined;
}

/** A repeated fault is written again after this time, then after twice that and so on, with `repeated`, ms. */
const REPEAT_AFTER_MS = 60_000;
const REPEAT_CAP_MS = 60 * 60_000;
/** The most different faults remembered for this. */
const MAX_KNOWN_FAULTS = 256;

type Fields = Record<string, unknown>;

/**
 * Creates the log of a composition root. Fields that devices sent cannot break out of their line, secrets are hidden,
 * and a fault in something that runs ten times a second does not fill the disk with its stack.
 */
export function createLogger({
  level,
  format,
  write = writeToStderr,
  clock = systemClock,
}: LogOptions): Logger {
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
  const told = new Map<string, { at: number; repeated: number; waitMs: number }>();

  /** Adds how often a fault was repeated; null for a fault that was written recently. */
  function countRepeats(fields: Fields): Fields | null {
    const { code, stack } = fields;
    if (typeof stack !== 'string') return fields;
    // Compares only the stack frames, because the message may name a different device each time.
    const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
    const key = [String(code), ...(frames.length > 0 ? frames : [stack])].join('\n');
    const now = clock.monotonic();
    const before = told.get(key);
    if (before && now - before.at < before.waitMs) {
      before.repeated++;
      return null;
    }
    const [oldest] = told.keys();
    if (!before && told.size >= MAX_KNOWN_FAULTS && oldest !== undefined) told.delete(oldest);
    told.delete(key);
    const isBack = before !== undefined && before.repeated > 0;
    const waitMs = isBack ? Math.min(REPEAT_CAP_MS, before.waitMs * 2) : REPEAT_AFTER_MS;
    told.set(key, { at: now, repeated: 0, waitMs });
    return isBack ? { ...fields, repeated: before.repeated } : fields;
  }

  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Fields = {}): void => {
      if (!log.isLevelEnabled(name)) return;
      const counted = countRepeats(fields);
      if (counted) log[name](withoutSecrets(counted), hideSecrets(message));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/**
 * The fields that every line has. With another field of the same name, it would be unclear which one a reader takes.
 */
const OWN_KEYS: ReadonlySet<string> = new Set(['level', 'time', 'message']);

function withoutSecrets(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      OWN_KEYS.has(name) ? `${name}_` : name,
      typeof value === 'string' ? hideSecrets(value) : value,
    ]),
  );
}

/** `14:03:22 warn  a device was refused  code=BAD_JSON address=192.168.1.4`; a stack follows, indented. */
function formatLine(json: string): string {
  const { level, time, message, stack, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${formatValue(value)}`);
  const head = `${clock} ${String(level).padEnd(5)} ${displayText(String(message))}`;
  const line = pairs.length > 0 ? `${head}  ${pairs.join(' ')}` : head;
  const below = typeof stack === 'string' ? stack.split('\n').map((one) => `    ${displayText(one)}`) : [];
  return `${[line, ...below].join('\n')}\n`;
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
