import {
  instanceLabel,
  SERVICE_LIST,
  SERVICE_TYPE,
  writeTxt,
  type Announcement,
} from '@shared/discovery/announcement';
import type { MdnsPacket, MdnsRecord } from '@shared/discovery/mdns-links';

/** What is announced: a name that people read, where the hub listens, and what it says of itself. */
export interface Advertised extends Announcement {
  name: string;
  /** The host of the records, a name of our own so that it is nobody else's: `wirewatch-1a2b3c4d.local`. */
  target: string;
  port: number;
}

/** Names live two minutes in caches, what they stand for 75 (RFC 6762 section 10). */
const HOST_TTL_SEC = 120;
const OTHER_TTL_SEC = 4_500;
/** Resolvers that are not ours keep nothing for long (RFC 6762 section 6.7). */
const LEGACY_TTL_SEC = 10;

/** The records of a hub on one link (RFC 6763 section 4), those that lead to the others first. */
export class Records {
  readonly instance: string;
  readonly target: string;
  readonly #all: readonly MdnsRecord[];

  constructor(advertised: Advertised, address: string, attempt: number) {
    const label = instanceLabel(advertised.name, attempt);
    this.instance = `${label}.${SERVICE_TYPE}`;
    this.target = advertised.target;
    const host = { ttl: HOST_TTL_SEC, flush: true };
    const other = { ttl: OTHER_TTL_SEC };
    this.#all = [
      { name: SERVICE_TYPE, type: 'PTR', ...other, data: this.instance },
      { name: SERVICE_LIST, type: 'PTR', ...other, data: SERVICE_TYPE },
      {
        name: this.instance,
        type: 'SRV',
        ...host,
        data: { priority: 0, weight: 0, port: advertised.port, target: this.target },
      },
      { name: this.instance, type: 'TXT', ...other, flush: true, data: writeTxt(advertised) },
      { name: this.target, type: 'A', ...host, data: address },
    ];
  }

  /** Everything, unasked; with `ttl` 0 it is a goodbye (RFC 6762 section 10.1). */
  announcement(ttl?: number): MdnsPacket {
    return { answers: this.#all.map((record) => (ttl === undefined ? record : { ...record, ttl })) };
  }

  /** What answers a query; null when it asks for nothing of ours. The rest comes along, as it is asked for next. */
  answer({ questions = [] }: MdnsPacket): MdnsPacket | null {
    const asked = ({ name, type }: MdnsRecord): boolean =>
      questions.some(
        (question) =>
          question.name.toLowerCase() === name.toLowerCase() &&
          (question.type === type || question.type === 'ANY'),
      );
    const answers = this.#all.filter(asked);
    if (answers.length === 0) return null;
    return {
      answers,
      additionals: this.#all.filter((record) => !answers.includes(record) && record.name !== SERVICE_LIST),
    };
  }

  /** The same for a resolver that knows no multicast DNS: its question repeated, nothing to be kept for long. */
  legacyAnswer(query: MdnsPacket): MdnsPacket | null {
    const answer = this.answer(query);
    if (!answer) return null;
    const plain = (records: readonly MdnsRecord[] = []): MdnsRecord[] =>
      records.map((record) => ({ ...record, flush: false, ttl: LEGACY_TTL_SEC }));
    return {
      id: query.id,
      questions: query.questions?.slice(0, 4),
      answers: plain(answer.answers),
      additionals: plain(answer.additionals),
    };
  }

  /** Whether a response claims our name for somebody else. */
  isContradictedBy({ answers = [], additionals = [] }: MdnsPacket): boolean {
    return [...answers, ...additionals].some(
      ({ name, type, data, ttl }) =>
        type === 'SRV' &&
        ttl !== 0 &&
        name.toLowerCase() === this.instance.toLowerCase() &&
        (data as { target?: unknown } | undefined)?.target !== this.target,
    );
  }
}
