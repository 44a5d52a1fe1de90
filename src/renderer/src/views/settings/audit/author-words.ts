import type { AuditAuthor } from '@shared/model';
import { describeBrowser } from '../../../lib/trust/describe-browser';

/** Describes who made a change: `This app`, `Firefox on Windows`, `curl/8.5.0, by API`. */
export function describeAuthor({ kind, userAgent }: AuditAuthor): string {
  if (kind === 'app') return 'The app’s window';
  if (kind === 'command') return 'The command line';
  const name = userAgent === null ? null : describeBrowser(userAgent);
  if (kind === 'browser') return name ?? 'A browser';
  return name === null ? 'A program, by API' : `${name}, by API`;
}
