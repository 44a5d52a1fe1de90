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

type Kind = 'early' | 'proof' | 'place' | 'encryption' | 'limits' | 'language' | 'other';

/** In the order in which they are shown. */
const GROUPS: readonly { kind: Kind; title: string; meaning: string }[] = [
  {
    kind: 'early',
    title: 'Are not let in yet',
    meaning: 'Devices that send values while they wait. Approve them, or reject them, in the Fleet.',
  },
  {
    kind: 'proof',
    title: 'Could not prove who they are',
    meaning:
      'A wrong key or token, or somebody who was turned away before. A device that has lost its key can join again once you revoke it in its menu; anything else here is worth a look.',
  },
  {
    kind: 'place',
    title: 'Came from where they may not',
    meaning:
      'Web pages and names that do not belong to this machine. It is what an attack from a browser looks like, and it came to nothing; a name of your own is allowed with --allow-host.',
  },
  {
    kind: 'encryption',
    title: 'Could not agree on encryption',
    meaning:
      'Something spoke TLS where there is none, did not speak it where it has to, or did not accept the certificate. See Settings, Devices & trust.',
  },
  {
    kind: 'limits',
    title: 'Were too many, too fast or too large',
    meaning:
      'The limits that keep the hub going whatever is thrown at it. A single device that appears here often sends more than it should.',
  },
  {
    kind: 'language',
    title: 'Did not speak the language',
    meaning:
      'Messages and requests that broke the rules: a mistake in a program, or something that probes the port.',
  },
  { kind: 'other', title: 'Other reasons', meaning: 'Turned away for a reason of its own.' },
];

/** Codes by what is in their names, so that a new one finds its place; the first that fits. */
const KINDS: readonly [kind: Kind, fits: RegExp][] = [
  ['limits', /^(?:1009|1013|4003|4006|4007)$|TOO_|LIMIT|TIMEOUT|SLOW|FLOOD|BUSY|FULL/],
  ['early', /^PENDING_APPROVAL$/],
  ['encryption', /TLS|ENCRYPT|CERTIFICATE/],
  ['place', /HOST|ORIGIN|SITE|SHARED/],
  [
    'proof',
    /^4001$|KEY|TOKEN|CODE$|PAIRING|IMPOSTOR|UNAUTHORI|REJECTED|BLOCKED|DUPLICATE_DEVICE|OTHER_ADDRESS|APPROVAL|NOT_ALLOWED|SESSION_NEEDED/,
  ],
  [
    'language',
    /^(?:1002|1003|1007|4002)$|BAD_|NOT_|UNKNOWN|INVALID|TWICE|FIRST|RESERVED|PROTOCOL|SCHEMA|SERIES|LABEL|NAME/,
  ],
];

/** What was turned away, in groups that say what it means; in each the most frequent first. */
export function groupRefusals(counts: RefusedCounts): RefusalGroup[] {
  const groups = new Map<Kind, RefusalGroup>(
    GROUPS.map(({ kind, title, meaning }) => [kind, { title, meaning, count: 0, refusals: [] }]),
  );
  for (const [code, count] of Object.entries(counts)) {
    const kind = KINDS.find(([, fits]) => fits.test(code))?.[0] ?? 'other';
    const group = groups.get(kind);
    if (!group || count <= 0) continue;
    group.count += count;
    group.refusals.push({ code, count, text: wordsFor(code) });
  }
  const found = [...groups.values()].filter(({ refusals }) => refusals.length > 0);
  for (const { refusals } of found) refusals.sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  return found;
}

function wordsFor(code: string): string {
  return Object.hasOwn(CLOSE_CODES, code) ? describeCloseCode(Number(code)) : describeRefusal(code);
}
