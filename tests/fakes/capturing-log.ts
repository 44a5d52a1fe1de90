import type { Logger } from '@shared/logger';

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  fields: Record<string, unknown>;
}

/** A log that keeps its lines. */
export class CapturingLog implements Logger {
  readonly lines: LogLine[] = [];

  debug(message: string, fields: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'debug', message, fields });
  }
  info(message: string, fields: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }
  warn(message: string, fields: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }
  error(message: string, fields: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }

  get errors(): LogLine[] {
    return this.lines.filter(({ level }) => level === 'error');
  }

  /** Returns the stacks that were logged with a code. */
  stacks(code: string): string[] {
    return this.lines.flatMap(({ fields }) =>
      fields['code'] === code && typeof fields['stack'] === 'string' ? [fields['stack']] : [],
    );
  }
}
