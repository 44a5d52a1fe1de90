import { CLOSE_CODES, describeCloseCode } from '@shared/protocol/close-codes';
import type { RefusedCounts } from '@shared/model';
import { describeRefusal } from './refused-words';

export interface Refusal {
  code: string;
  count: number;
  /** One sentence. */
  text: string;
}

export interface RefusalGroup {
  title: string;
  /** What it usually means, and whether anything is to be done. */
  meaning: string;
  count: number;
  /** The most frequent first. */
  refusals: Refusal[];
}

/** In the order in which they are shown; a code belongs to the first that fits. */
const GROUPS: readonly { title: string; meaning: string; fits: RegExp }[] = [
  {
    title: 'Could not prove who they are',
    meaning:
      'A wrong key or token, or somebody who was turned away before. A device that has lost its key can join again from its menu; anything else here is worth a look.',
    fits: /^4001$|KEY|TOKEN|IMPOSTOR|UNAUTHORI|CREDENTIAL|REJECTED|BLOCKED|DUPLICATE_DEVICE|ADMI|APPROVAL|LOGIN|SESSION_NEEDED|SIGN_IN|CODE$/,
  },
  {
    title: 'Came from where they may not',
    meaning:
      'Web pages and names that do not belong to this machine. It is what an attack from a browser looks like, and it came to nothing; a name of your own is allowed with --allow-host.',
    fits: /HOST|ORIGIN|SITE|PLAIN|TLS|ENCRYPT|FINGERPRINT|CERTIFICATE/,
  },
  {
    title: 'Were too many, too fast or too large',
    meaning:
      'The limits that keep the hub going whatever is thrown at it. A single device that appears here often sends more than it should.',
    fits: /^(?:1009|1013|4003|4006|4007)$|TOO_|LIMIT|RATE|SLOW|TIMEOUT|FLOOD|BUSY|FULL|OVER/,
  },
  {
    title: 'Did not speak the language',
    meaning:
      'Messages and requests that broke the rules: a mistake in a program, or something that probes the port.',
    fits: /^(?:1002|1003|1007|4002)$|BAD_|NOT_|UNKNOWN|INVALID|MALFORMED|TWICE|PROTOCOL|PATH|METHOD|SCHEMA|SERIES|LABEL|NAME/,
  },
];
const OTHER = { title: 'Other reasons', meaning: 'Turned away for a reason of its own.' };

/** What was turned away, in groups that say what it means; groups and codes with the most first within their kind. */
export function groupRefusals(counts: RefusedCounts): RefusalGroup[] {
  const groups = [...GROUPS, OTHER].map(({ title, meaning }): RefusalGroup => ({
    title,
    meaning,
    count: 0,
    refusals: [],
  }));
  for (const [code, count] of Object.entries(counts)) {
    const index = GROUPS.findIndex(({ fits }) => fits.test(code));
    const group = groups[index < 0 ? GROUPS.length : index];
    if (!group || count <= 0) continue;
    group.count += count;
    group.refusals.push({ code, count, text: wordsFor(code) });
  }
  for (const group of groups) group.refusals.sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  return groups.filter(({ refusals }) => refusals.length > 0);
}

function wordsFor(code: string): string {
  return Object.hasOwn(CLOSE_CODES, code) ? describeCloseCode(Number(code)) : describeRefusal(code);
}
