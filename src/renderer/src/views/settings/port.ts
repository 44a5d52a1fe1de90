import { fail, succeed, type Result } from '@shared/errors';

/** A port as typed. Only its form; whether it is free, the hub finds out. */
export function parsePort(text: string): Result<number> {
  const port = Number(text.trim());
  return /^\d+$/.test(text.trim()) && port <= 65_535
    ? succeed(port)
    : fail('BAD_PORT', 'The port must be a whole number from 1 to 65535, or 0 for any free port.');
}
