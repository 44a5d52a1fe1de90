import {
  instanceLabel,
  SERVICE_LIST,
  SERVICE_TYPE,
  writeTxt,
  type Announcement,
} from '@shared/discovery/announcement';
import type { MdnsPacket, MdnsRecord } from '@shared/discovery/mdns-links';

/** The announced data: a readable name, the hub's address, and its properties. */
export interface Advertised extends Announcement {
  name: string;
  /** The host name in the records, which is unique: `wirewatch-1a2b3c4d.local`. */
  target: string;
  port: number;
}

/** Host records are cached for two minutes, others for 75 (RFC 6762 section 10). */
const HOST_TTL_SEC = 120;
const OTHER_TTL_SEC = 4_500;
/** Legacy resolvers must not cache records for long (RFC 6762 section 6.7). */
const LEGACY_TTL_SEC = 10;

/** The records of a hub on one link (RFC 6763 section 4); records that refer to others come first. */
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

  /** All records, sent unasked; with `ttl` 0 it is a goodbye (RFC 6762 section 10.1). */
  announcement(ttl?: number): MdnsPacket {
    return { answers: this.#all.map((record) => (ttl === undefined ? record : { ...record, ttl })) };
  }

  /**
   * The answer to a query; null when it asks for none of our records. The other records are added, because the client
   * would ask for them next.
   */
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

  /** The answer for a resolver without multicast DNS: it repeats the question and sets short cache times. */
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

  /** Whether a response claims our name for another host. */
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
