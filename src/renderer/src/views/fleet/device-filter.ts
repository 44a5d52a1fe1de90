import type { ConnectionState, DeviceInfo, DeviceKind } from '@shared/model';

/** Not a state of its own: the devices that need a person, for whatever cause. */
const ATTENTION = 'attention';
/** The states that suggestions offer; pending devices have a section of their own. */
const STATES: readonly (ConnectionState | typeof ATTENTION)[] = [
  'attention',
  'online',
  'offline',
  'stale',
  'rejected',
  'connecting',
];
const KINDS: readonly DeviceKind[] = ['computer', 'board', 'program'];

type Field = 'text' | 'name' | 'tag' | 'state' | 'kind';

/** One condition; every condition has to hold, `not` turns one around. */
export interface FilterTerm {
  field: Field;
  /** Lower case; one match is enough. */
  values: string[];
  not: boolean;
}

/** Parses the filter text: `attic tag:lab state:offline,stale -kind:board`. Quotes keep spaces. */
export function parseFilter(text: string): FilterTerm[] {
  const terms: FilterTerm[] = [];
  for (const [, minus, field, quoted, plain] of text.matchAll(/(-?)(?:(\w+):)?(?:"([^"]*)"?|(\S+))/g)) {
    const value = (quoted ?? plain ?? '').toLowerCase();
    // `tag:` is incomplete, and an incomplete condition should not hide everything.
    const unfinished = quoted === undefined && value.endsWith(':') && asField(value.slice(0, -1)) !== null;
    if (value === '' || value === '-' || unfinished) continue;
    const known = asField(field);
    // `web:8080` has no known field, so it is text that contains a colon.
    const values = known === null ? [`${field}:${value}`] : known === 'text' ? [value] : value.split(',');
    terms.push({
      field: known ?? 'text',
      values: values.filter((item) => item !== ''),
      not: minus === '-',
    });
  }
  return terms;
}

function asField(word: string | undefined): Field | null {
  if (word === undefined) return 'text';
  const lower = word.toLowerCase();
  return lower === 'name' || lower === 'tag' || lower === 'state' || lower === 'kind' ? lower : null;
}

/** Whether the filter asks for rejected devices, which are hidden otherwise. */
export function wantsRejected(terms: readonly FilterTerm[]): boolean {
  return terms.some((term) => term.field === 'state' && !term.not && term.values.some(isRejected));
}

function isRejected(value: string): boolean {
  return 'rejected'.startsWith(value);
}

/** `needsAttention` is whether the device needs a person. */
export function matchesFilter(
  device: DeviceInfo,
  terms: readonly FilterTerm[],
  needsAttention = false,
): boolean {
  return terms.every(
    (term) => term.values.some((value) => holds(device, term.field, value, needsAttention)) !== term.not,
  );
}

function holds(device: DeviceInfo, field: Field, value: string, needsAttention: boolean): boolean {
  switch (field) {
    case 'name':
      return device.name.toLowerCase().includes(value);
    case 'tag':
      return device.tags.some((tag) => tag.toLowerCase().startsWith(value));
    case 'state':
      if (needsAttention && ATTENTION.startsWith(value)) return true;
      return (device.approval === 'rejected' ? 'rejected' : device.state).startsWith(value);
    case 'kind':
      return device.kind.startsWith(value);
    case 'text':
      return (
        device.name.toLowerCase().includes(value) ||
        device.tags.some((tag) => tag.toLowerCase().includes(value)) ||
        (device.address ?? '').includes(value)
      );
  }
}

/** Completions of the word being typed: `st` → `state:`, `state:of` → `state:offline`. At most `limit`. */
export function suggestTerms(text: string, tags: readonly string[], limit: number): string[] {
  const word = text.slice(text.search(/\S*$/)).replace(/^-/, '').toLowerCase();
  if (word === '') return [];
  const all = [
    ...STATES.map((state) => `state:${state}`),
    ...tags.map((tag) => (tag.includes(' ') ? `tag:"${tag}"` : `tag:${tag}`)),
    ...KINDS.map((kind) => `kind:${kind}`),
  ];
  const found = all.filter((term) => {
    const lower = term.toLowerCase();
    return lower !== word && (lower.startsWith(word) || lower.slice(lower.indexOf(':') + 1).startsWith(word));
  });
  return found.slice(0, limit);
}

/** Returns the text with the word being typed replaced by `term`. */
export function completeTerm(text: string, term: string): string {
  const at = text.search(/\S*$/);
  return `${text.slice(0, at)}${text.slice(at).startsWith('-') ? '-' : ''}${term} `;
}
