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
  /** The usual cause, and whether the user should act. */
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
    title: 'Not approved yet',
    meaning: 'Devices that send values while they wait for approval. Approve or reject them in the Fleet.',
  },
  {
    kind: 'proof',
    title: 'Failed to prove their identity',
    meaning:
      'Wrong keys or tokens, and devices that were rejected before. A device that has lost its key can join again after you revoke the key in its menu. Look into anything else here.',
  },
  {
    kind: 'place',
    title: 'Came from a web page or host name that is not allowed',
    meaning:
      'Web pages and host names that do not belong to this machine. An attack from a browser looks like this; it did no harm. Open a line to see who it was, and the option that would let it in.',
  },
  {
    kind: 'encryption',
    title: 'Encryption failed',
    meaning:
      'Clients that used TLS while it is off, did not use it while it is required, or did not accept the certificate. See Settings, Devices & trust.',
  },
  {
    kind: 'limits',
    title: 'Too many, too fast or too large',
    meaning:
      'Limits that keep the hub running under any load. If one device appears here often, it sends more than it should.',
  },
  {
    kind: 'language',
    title: 'Invalid messages and requests',
    meaning:
      'These broke the rules of the protocol, because of a mistake in a program or something probing the port.',
  },
  { kind: 'other', title: 'Other reasons', meaning: 'Refused for another reason.' },
];

/** Assigns codes by parts of their names, so that new codes get a group too; the first match applies. */
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

/** Groups refusals by meaning; within each group, the most frequent come first. */
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
