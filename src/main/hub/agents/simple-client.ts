import { isUtf8 } from 'node:buffer';
import type { ConnectionState, StateReason } from '@shared/model';
import { CLOSE } from '@shared/protocol/close-codes';
import { parseJson } from '@shared/protocol/parse';
import { messageCredentials, type Credentials } from '../admission/credentials';
import { bestOf } from '../devices/presence';
import { dialectOf, isUtf16 } from '../ingest/dialects';
import type { Parsed, Reading, SaidEvent, Sender } from '../ingest/dialects/dialect';
import type { Session } from '../sessions/session';
import type { AgentContext } from './agent-context';
import * as words from './agent-words';
import type { Conversation, Replies } from './conversation';
import { greetSender } from './greeting';
import { SimpleDevice, type SimpleDeviceOwner } from './simple-device';

/** Messages without a sender that are held until one is named. */
const MAX_HELD = 32;
/** A client that sends values is its address after this time, ms; one that sends only words, after the longer one. */
const VALUES_WAIT_MS = 1_000;
const WORDS_WAIT_MS = 10_000;
/** Senders that were turned away are not judged again before this time is over, ms. */
const TURNED_AWAY_MS = 60_000;

export interface SimpleClientOptions {
  session: Session;
  context: AgentContext;
  replies: Replies;
  /** The credentials of its upgrade. */
  header: Credentials;
  onIdentified: () => void;
}

/** A message, by what was understood of it. */
interface Said {
  readings: Reading[];
  events: SaidEvent[];
  mayHaveWrongClock: boolean;
  now: number;
  at: number;
  shown: Credentials;
}

/**
 * A client that just sends text: a board's JSON, Telegraf's line protocol, a person at a terminal. It may send for
 * several devices, each named in its text. What names nobody belongs to the device that was named last before it or first
 * after it, so that a greeting or a status that comes first decides nothing; if nobody is ever named, the device is
 * the client's address.
 */
export class SimpleClient implements Conversation, SimpleDeviceOwner {
  readonly agent: string | null;
  readonly intervalMs = null;
  readonly #session: Session;
  readonly #context: AgentContext;
  readonly #replies: Replies;
  readonly #header: Credentials;
  readonly #onIdentified: () => void;
  /** By what the sender calls itself; the empty text is the client itself. */
  readonly #devices = new Map<string, SimpleDevice>();
  readonly #turnedAway = new Map<string, number>();
  /** The device of what names nobody. */
  #own: SimpleDevice | null = null;
  #held: Said[] = [];
  #cancelWait: (() => void) | null = null;
  #waitsForValues = false;

  constructor({ session, context, replies, header, onIdentified }: SimpleClientOptions) {
    this.#session = session;
    this.#context = context;
    this.#replies = replies;
    this.#header = header;
    this.#onIdentified = onIdentified;
    this.agent = session.facts.agent;
  }

  get name(): string {
    const first = this.#first;
    if (!first) return this.#session.facts.address;
    const more = this.#devices.size - 1;
    return more > 0 ? `${first.device.name} + ${more} more` : first.device.name;
  }

  get device(): string | null {
    return this.#first?.device.id ?? null;
  }

  get clockOffsetMs(): number | null {
    return this.#first?.clockOffsetMs ?? null;
  }

  get state(): ConnectionState {
    return bestOf(this.#devices.values())?.state ?? 'authenticating';
  }

  get reason(): StateReason | null {
    return bestOf(this.#devices.values())?.reason ?? null;
  }

  message(data: Buffer, isBinary: boolean, at: number): void {
    if (isBinary && !isUtf8(data)) {
      this.#replies.refuse('NOT_UTF8', words.NOT_UTF8);
      return;
    }
    const text = data.toString();
    if (isUtf16(text)) {
      this.#replies.refuse('NOT_UTF8', words.UTF_16);
      return;
    }
    const now = this.#context.clock.now();
    const dialect = dialectOf(text);
    const maxValues = this.#context.limits.seriesPerDevice;
    const parsed = dialect.parse(text, { now, maxValues, precision: null });
    const shown = this.#devices.size === 0 ? this.#credentialsOf(text) : this.#header;
    this.#take(parsed, { mayHaveWrongClock: dialect.mayHaveWrongClock, now, at, shown });
    // A device that has to wait hears that, and nothing else, until it is let in.
    if (this.state === 'pending') return;
    for (const { code, message } of parsed.remarks) this.#replies.refuse(code, message);
  }

  second(): void {
    for (const device of this.#devices.values()) device.second();
  }

  clockSet(): void {
    for (const device of this.#devices.values()) device.clockSet();
  }

  pong(): void {
    for (const device of this.#devices.values()) device.heartbeat();
  }

  closed(reason: StateReason): void {
    this.#cancelWait?.();
    // Somebody who said a word and left was there all the same.
    if (this.#held.length > 0 && !this.#own) this.#becomeAddress();
    for (const device of this.#devices.values()) device.end(reason);
  }

  turnedAway(device: SimpleDevice): void {
    const isRejected = device.device.approval === 'rejected';
    if (this.#devices.size > 1) {
      for (const [sender, one] of this.#devices) if (one === device) this.#drop(sender, device);
    } else if (isRejected) this.#replies.fail(words.REJECTED, CLOSE.policy);
    else this.#session.close(CLOSE.policy, '');
  }

  get #first(): SimpleDevice | null {
    const [first] = this.#devices.values();
    return first ?? null;
  }

  #take(parsed: Parsed, how: Omit<Said, 'readings' | 'events'>): void {
    const bySender = new Map<string, { sender: Sender | null; said: Said }>();
    for (const reading of parsed.readings) said(reading.sender).readings.push(reading);
    for (const event of parsed.events) said(event.sender).events.push(event);
    function said(sender: Sender | null): Said {
      const key = sender?.id ?? '';
      let known = bySender.get(key);
      if (!known) bySender.set(key, (known = { sender, said: { readings: [], events: [], ...how } }));
      return known.said;
    }
    const nameless = bySender.get('');
    bySender.delete('');
    for (const { sender, said: part } of bySender.values()) this.#named(sender, part);
    if (nameless) this.#nameless(nameless.said);
  }

  #named(sender: Sender | null, said: Said): void {
    const device = this.#deviceOf(sender, said.shown);
    if (!device) return;
    this.#own = device;
    this.#release(device);
    this.#deliver(device, said);
  }

  #nameless(said: Said): void {
    if (this.#own) {
      this.#deliver(this.#own, said);
      return;
    }
    if (said.shown.key !== null) {
      // The key says which device it is.
      const device = this.#deviceOf(null, said.shown);
      if (device) this.#named(null, said);
      return;
    }
    if (this.#held.length < MAX_HELD) this.#held.push(said);
    if (this.#context.settings.current.admit === 'ask' && said.events.length > 0) {
      // Perhaps a person at a terminal, who should hear at once that the device waits.
      this.#becomeAddress();
      return;
    }
    const hasValues = said.readings.some(({ values }) => Object.keys(values).length > 0);
    if (this.#cancelWait && (this.#waitsForValues || !hasValues)) return;
    this.#cancelWait?.();
    this.#waitsForValues = hasValues;
    const waitMs = hasValues ? VALUES_WAIT_MS : WORDS_WAIT_MS;
    this.#cancelWait = this.#context.clock.after(waitMs, () => this.#becomeAddress());
  }

  /** Nobody was named in time: what was held is of the client itself. */
  #becomeAddress(): void {
    this.#cancelWait = null;
    const [first] = this.#held;
    if (!first || this.#own) return;
    const device = this.#deviceOf(null, first.shown);
    if (!device) {
      this.#held = [];
      return;
    }
    this.#own = device;
    this.#release(device);
  }

  #release(device: SimpleDevice): void {
    this.#cancelWait?.();
    this.#cancelWait = null;
    for (const said of this.#held.splice(0)) this.#deliver(device, said);
  }

  #deliver(device: SimpleDevice, { readings, events, mayHaveWrongClock, now, at }: Said): void {
    const { faults, isWithinRate } = device.take(readings, events, mayHaveWrongClock, now, at);
    for (const { code, message } of faults) this.#replies.refuse(code, message);
    if (!isWithinRate) this.#replies.fail(words.TOO_MANY_SAMPLES, CLOSE.rateLimited);
  }

  /** The device of a sender, judged when it is named first; null while it is turned away. */
  #deviceOf(sender: Sender | null, shown: Credentials): SimpleDevice | null {
    const key = sender?.id ?? '';
    const known = this.#devices.get(key);
    if (known) return known;
    const { limits, clock } = this.#context;
    const until = this.#turnedAway.get(key);
    if (until !== undefined && clock.monotonic() < until) return null;
    if (this.#devices.size >= limits.devicesPerConnection) {
      const message = `One connection may report for ${limits.devicesPerConnection} devices; "${key.slice(0, 80)}" is one too many.`;
      this.#replies.refuse('TOO_MANY_DEVICES', message);
      return null;
    }
    const { address } = this.#session.facts;
    const verdict = greetSender(this.#context, { sender, address, shown });
    if (verdict.kind === 'admitted') return this.#join(key, verdict.device);
    if (this.#devices.size > 0) {
      // Its neighbours on this connection are not to suffer for it.
      this.#remember(key);
      if (verdict.kind === 'refused') this.#replies.refuse(verdict.fault.code, verdict.fault.message);
      else if (verdict.kind === 'rejected') this.#replies.refuse(words.REJECTED.code, words.REJECTED.message);
      return null;
    }
    if (verdict.kind === 'refused') this.#replies.fail(verdict.fault, verdict.closeCode);
    else if (verdict.kind === 'rejected') this.#replies.fail(words.REJECTED, CLOSE.policy);
    else this.#replies.failSilently('BLOCKED');
    return null;
  }

  #join(key: string, device: SimpleDevice['device']): SimpleDevice {
    // Two names may stand for one device: its old id and its name.
    for (const one of this.#devices.values()) if (one.device === device) return one;
    const joined = new SimpleDevice(device, this.#session, this.#context, this);
    const isFirst = this.#devices.size === 0;
    this.#devices.set(key, joined);
    joined.start();
    if (isFirst) {
      this.#onIdentified();
      this.#session.ping().catch(() => {});
    }
    return joined;
  }

  #drop(sender: string, device: SimpleDevice): void {
    this.#devices.delete(sender);
    if (this.#own === device) this.#own = null;
    this.#remember(sender);
    device.end({ code: CLOSE.policy, text: words.REJECTED.message });
  }

  #remember(sender: string): void {
    if (this.#turnedAway.size >= this.#context.limits.devicesPerConnection) this.#turnedAway.clear();
    this.#turnedAway.set(sender, this.#context.clock.monotonic() + TURNED_AWAY_MS);
  }

  #credentialsOf(text: string): Credentials {
    const json = parseJson(text);
    return messageCredentials(json.ok ? json.value : null, this.#header);
  }
}
