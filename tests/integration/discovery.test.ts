import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SERVICE_LIST, SERVICE_TYPE, writeTxt, type Announcement } from '@shared/discovery/announcement';
import type { MdnsPacket, MdnsRecord } from '@shared/discovery/mdns-links';
import { browseHubs, type BrowseOptions } from '../../src/agent/discovery/browse';
import { chooseHub, type ChooseOptions } from '../../src/agent/discovery/choose-hub';
import { recordingLogger } from '../../src/agent/testing/test-support';
import { ManualClock } from '../fakes/manual-clock';
import { KnownHubs } from '../../src/agent/trust/known-hubs';
import { Advertiser } from '../../src/main/hub/discovery/advertiser';
import { FakeMdns, type SentPacket } from '../fakes/fake-mdns';
import { startHub } from '../fakes/hub-harness';

const KEY = 'bjPDijICbX7zinaZGPrmhYETlBpFNDVQbpnC9pTpmF0';
const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');
const announcement: Announcement = { version: '1.0.0', tls: 'allow', keyId: KEY, fingerprint: FINGERPRINT };
const advertised = { ...announcement, name: 'nas', target: 'wirewatch-1a2b3c4d.local', port: 7411 };

const types = ({ packet }: SentPacket): string[] => (packet.answers ?? []).map(({ type }) => type).sort();

describe('a hub that makes itself known', () => {
  let clock: ManualClock;
  let network: FakeMdns;
  let advertiser: Advertiser;
  let names: string[];
  let problems: (Error | null)[];

  beforeEach(() => {
    clock = new ManualClock();
    network = new FakeMdns();
    names = [];
    problems = [];
    const { open, ownAddresses } = network;
    advertiser = new Advertiser({
      advertised,
      clock,
      open,
      ownAddresses,
      onName: (name) => names.push(name),
      onProblem: (problem) => problems.push(problem),
    });
    advertiser.start();
  });
  afterEach(() => advertiser.stop());

  /** Past its probing and both announcements. */
  function settle(): void {
    clock.advance(5_000);
    network.take('response');
  }

  it('asks three times whether its name is free, then announces itself twice', () => {
    clock.advance(749);
    expect(network.take('query')).toHaveLength(3);
    expect(names).toEqual([]);
    clock.advance(1);
    expect(names).toEqual(['nas']);
    clock.advance(1_000);
    const announced = network.take('response');
    expect(announced.map(types)).toEqual(Array(2).fill(['A', 'PTR', 'PTR', 'SRV', 'TXT']));
    const records = announced[0]?.packet.answers ?? [];
    expect(records.find(({ type }) => type === 'SRV')).toMatchObject({
      name: `nas.${SERVICE_TYPE}`,
      data: { port: 7411, target: advertised.target },
    });
    expect(records.find(({ type }) => type === 'A')?.data).toBe('192.168.1.20');
  });

  it('answers who asks for hubs, for it or for kinds of services, and nobody else', () => {
    settle();
    for (const [name, type] of [
      [SERVICE_TYPE, 'PTR'],
      [SERVICE_LIST, 'PTR'],
      [`NAS.${SERVICE_TYPE}`, 'SRV'],
      [`nas.${SERVICE_TYPE}`, 'ANY'],
      [advertised.target, 'A'],
    ] as const) {
      network.ask(name, type);
      clock.advance(1_100);
      expect(network.take('response'), `${name} ${type}`).toHaveLength(1);
    }
    network.ask('_http._tcp.local');
    network.ask(SERVICE_TYPE, 'SRV');
    clock.advance(1_100);
    expect(network.take('response')).toEqual([]);
  });

  it('answers a flood of questions once a second', () => {
    settle();
    for (let i = 0; i < 10_000; i++) network.ask(SERVICE_TYPE);
    clock.advance(3_000);
    for (let i = 0; i < 10_000; i++) network.ask(SERVICE_TYPE, 'PTR', { port: 40_000 + (i % 1_000) });
    const answers = network.take('response');
    expect(answers.filter(({ to }) => to === null).length).toBeLessThanOrEqual(2);
    expect(answers.filter(({ to }) => to !== null).length).toBeLessThanOrEqual(20);
  });

  it('answers a plain resolver alone, with its question and nothing to keep', () => {
    settle();
    network.ask(SERVICE_TYPE, 'PTR', { port: 40_000 }, 99);
    const [answer] = network.take('response');
    expect(answer).toMatchObject({ to: { address: '192.168.1.53', port: 40_000 }, packet: { id: 99 } });
    expect(answer?.packet.questions).toEqual([{ name: SERVICE_TYPE, type: 'PTR' }]);
    const all = [...(answer?.packet.answers ?? []), ...(answer?.packet.additionals ?? [])];
    expect(all.every(({ ttl, flush }) => ttl === 10 && flush === false)).toBe(true);
  });

  it('hears nobody from another network', () => {
    settle();
    network.ask(SERVICE_TYPE, 'PTR', { address: '203.0.113.9' });
    network.ask(SERVICE_TYPE, 'PTR', { address: '203.0.113.9', port: 40_000 });
    network.answer(claim('nas'), { address: '203.0.113.9' });
    clock.advance(5_000);
    expect(network.take('response')).toEqual([]);
    expect(names).toEqual(['nas']);
  });

  const claim = (name: string): MdnsPacket => ({
    answers: [
      {
        name: `${name}.${SERVICE_TYPE}`,
        type: 'SRV',
        ttl: 120,
        data: { port: 7411, target: 'other.local' },
      },
    ],
  });

  it('takes another name when its own is taken, before and after it had it', () => {
    clock.advance(300);
    network.answer(claim('nas'));
    settle();
    expect(names).toEqual(['nas (2)']);
    network.answer(claim('nas (2)'));
    settle();
    expect(names).toEqual(['nas (2)', 'nas (3)']);
  });

  it('is not driven from name to name, however often its name is claimed', () => {
    settle();
    for (let i = 1; i <= 11; i++) network.answer(claim(i === 1 ? 'nas' : `nas (${i})`));
    clock.advance(10_000);
    expect(names).toEqual(['nas', 'nas (5)']);
    network.ask(SERVICE_TYPE);
    clock.advance(1_100);
    expect(network.take('response').length).toBeGreaterThan(0);
    for (let i = 1; i < 200; i++) {
      network.answer(claim(names.at(-1) ?? 'nas'));
      settle();
    }
    // A thousand seconds: one rename a minute, and as many ways back.
    expect(names.length).toBeLessThanOrEqual(2 * (3 + 1_000 / 60) + 2);
  });

  it('takes its own name back when nobody answers for it any more, and asks less and less often', () => {
    settle();
    network.answer(claim('nas'));
    settle();
    expect(names).toEqual(['nas', 'nas (2)']);
    let asked = 0;
    for (let tenth = 0; tenth < 36_000; tenth++) {
      clock.advance(100);
      const probes = network
        .take('query')
        .filter(({ packet }) => packet.questions?.[0]?.name === `nas.${SERVICE_TYPE}`);
      if (probes.length === 0) continue;
      asked++;
      network.answer(claim('nas'));
    }
    expect(names).toEqual(['nas', 'nas (2)']);
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThan(20);
    // The other hub has left.
    clock.advance(600_000);
    expect(names).toEqual(['nas', 'nas (2)', 'nas']);
    const left = network.take('response').map(({ packet }) => packet.answers ?? []);
    const last = left.findLast((answers) => answers.some(({ name }) => name.startsWith('nas (2)')));
    expect(last?.every(({ ttl }) => ttl === 0)).toBe(true);
    clock.advance(3_600_000);
    expect(names).toHaveLength(3);
  });

  it('follows the interfaces: a new network is told, one that is gone is left', () => {
    settle();
    network.addresses = [...network.addresses, { address: '10.0.0.5', netmask: '255.0.0.0' }];
    clock.advance(5_000);
    const [told] = network.take('response');
    expect(told?.packet.answers?.find(({ type }) => type === 'A')?.data).toBe('10.0.0.5');
    network.addresses = network.addresses.slice(1);
    clock.advance(5_000);
    expect(network.openCount).toBe(1);
  });

  it('tells when it cannot be heard, and when it can again', () => {
    network.error = Object.assign(new Error('no route'), { code: 'ENETUNREACH' });
    clock.advance(800);
    expect(problems.at(-1)?.message).toBe('no route');
    network.error = null;
    clock.advance(1_000);
    expect(problems.at(-1)).toBeNull();
  });

  it('says goodbye when it stops, and then nothing more', async () => {
    settle();
    await advertiser.stop();
    const [goodbye] = network.take('response');
    expect(goodbye?.packet.answers?.every(({ ttl }) => ttl === 0)).toBe(true);
    expect(network.openCount).toBe(0);
    clock.advance(60_000);
    expect(network.sent).toEqual([]);
  });
});

describe('the hub itself', () => {
  it('makes nothing known where it listens to its own machine only', async () => {
    const test = await startHub();
    expect(test.hub.settings().advertise).toBe(true);
    expect(test.hub.info().discovery).toEqual({ state: 'off', name: null, problem: null });
    await test.dispose();
  });
});

/** What a hub answers, with `patch` for one that lies. */
function hubAnswer(name: string, patch: Partial<Record<'SRV' | 'TXT' | 'A', unknown>> = {}): MdnsPacket {
  const instance = `${name}.${SERVICE_TYPE}`;
  const txt = writeTxt(announcement).map((text) => Buffer.from(text));
  const records: MdnsRecord[] = [
    { name: SERVICE_TYPE, type: 'PTR', ttl: 4_500, data: instance },
    { name: instance, type: 'SRV', ttl: 120, data: { port: 7411, target: 'x.local' } },
    { name: instance, type: 'TXT', ttl: 4_500, data: txt },
    { name: 'x.local', type: 'A', ttl: 120, data: '192.168.1.77' },
  ];
  return {
    answers: records.map((record) =>
      record.type in patch ? { ...record, data: patch[record.type as keyof typeof patch] } : record,
    ),
  };
}

describe('an agent that looks for hubs', () => {
  async function browse(
    answers: MdnsPacket[],
    network = new FakeMdns(),
    wants?: BrowseOptions['wants'],
    then: () => void = () => {},
  ) {
    const clock = new ManualClock();
    const { open, ownAddresses } = network;
    const browsing = browseHubs({ forMs: 3_000, wants, clock, open, ownAddresses });
    clock.advance(1_000);
    for (const answer of answers) network.answer(answer);
    then();
    clock.advance(2_000);
    return browsing;
  }

  it('finds them, each once', async () => {
    const { hubs, problem } = await browse([hubAnswer('nas'), hubAnswer('nas'), hubAnswer('attic')]);
    expect(problem).toBeNull();
    expect(hubs).toEqual([
      { ...announcement, name: 'nas', address: '192.168.1.77', port: 7411 },
      { ...announcement, name: 'attic', address: '192.168.1.77', port: 7411 },
    ]);
  });

  it('shows both when somebody takes the name of a hub, whoever answers first', async () => {
    const thief = { ...announcement, keyId: KEY.replace('b', 'c') };
    const TXT = writeTxt(thief).map((text) => Buffer.from(text));
    const two = [hubAnswer('nas'), hubAnswer('nas', { TXT, A: '192.168.1.66' })];
    for (const answers of [two, [...two].reverse()]) {
      const { hubs } = await browse(answers);
      expect(hubs.map(({ keyId, address }) => [keyId, address])).toEqual(
        expect.arrayContaining([
          [KEY, '192.168.1.77'],
          [thief.keyId, '192.168.1.66'],
        ]),
      );
    }
  });

  it.each<[string, Parameters<typeof hubAnswer>[1]]>([
    ['an address of another network', { A: '203.0.113.9' }],
    ['an address that is none', { A: '192.168.1.77; rm -rf /' }],
    ['a port that is none', { SRV: { port: 70_000, target: 'x.local' } }],
    ['a host that is no text', { SRV: { port: 7411, target: { toString: 1 } } }],
    ['no text at all', { TXT: null }],
    ['a text of another service', { TXT: [Buffer.from('model=TV')] }],
  ])('takes none with %s', async (_what, patch) => {
    expect((await browse([hubAnswer('nas', patch)])).hubs).toEqual([]);
  });

  it('takes no more of a made-up crowd than a person could choose from', async () => {
    const crowd = Array.from({ length: 500 }, (_, i) =>
      hubAnswer(`hub ${i}`, { A: `192.168.1.${1 + (i % 200)}` }),
    );
    expect((await browse(crowd)).hubs).toHaveLength(32);
    const atOnePlace = Array.from({ length: 500 }, (_, i) => hubAnswer(`hub ${i}`));
    expect((await browse(atOnePlace)).hubs).toHaveLength(4);
  });

  it('finds the hub it wants behind a crowd of others, and behind a crowd that claims to be it', async () => {
    const wants = ({ keyId }: { keyId: string | null }) => keyId === KEY;
    const TXT = writeTxt({ ...announcement, keyId: KEY.replace('b', 'c') }).map((text) => Buffer.from(text));
    const others = Array.from({ length: 500 }, (_, i) =>
      hubAnswer(`hub ${i}`, { TXT, A: `192.168.1.${1 + (i % 200)}` }),
    );
    const { hubs } = await browse([...others, hubAnswer('nas')], new FakeMdns(), wants);
    expect(hubs).toMatchObject([{ name: 'nas', address: '192.168.1.77' }]);

    const network = new FakeMdns();
    const claims = Array.from({ length: 500 }, (_, i) =>
      hubAnswer('nas', { A: `192.168.1.${80 + (i % 100)}` }),
    );
    const here = Array.from({ length: 10 }, (_, i) =>
      hubAnswer('nas', { SRV: { port: 8_000 + i, target: 'x.local' } }),
    );
    const found = await browse([...claims, ...here], network, wants, () =>
      network.answer(hubAnswer('nas'), { address: '192.168.1.77' }),
    );
    expect(found.hubs).toContainEqual(expect.objectContaining({ address: '192.168.1.77', port: 7411 }));
    expect(found.hubs.length).toBeLessThanOrEqual(32);
  });

  it('lets no forged answer replace the real one: another address, port or certificate is another hub', async () => {
    const txt = writeTxt({ ...announcement, fingerprint: FINGERPRINT.replaceAll('AB', 'CD') });
    const forgeries: Parameters<typeof hubAnswer>[1][] = [
      { A: '192.168.1.66' },
      { SRV: { port: 7412, target: 'x.local' } },
      { TXT: txt.map((text) => Buffer.from(text)) },
    ];
    for (const forgery of forgeries) {
      const two = [hubAnswer('nas'), hubAnswer('nas', forgery)];
      for (const answers of [two, [...two].reverse()]) expect((await browse(answers)).hubs).toHaveLength(2);
    }
  });

  it('shows a name without what would hide or turn text', async () => {
    const { hubs } = await browse([hubAnswer('nas\u202e\u001b[31m')]);
    expect(hubs[0]?.name).toBe('nas\ufffd[31m');
  });

  it('says why when nobody could be asked', async () => {
    const network = new FakeMdns();
    network.error = new Error('no route');
    expect((await browse([], network)).problem?.message).toBe('no route');
    const nowhere = new FakeMdns();
    nowhere.addresses = [];
    expect((await browse([], nowhere)).problem?.message).toBe('this machine is on no network');
  });
});

describe('an agent that was given no address', () => {
  const nas = { ...announcement, name: 'nas', address: '192.168.1.77', port: 7411 };
  const other = { ...nas, name: 'attic', address: '192.168.1.78', keyId: KEY.replace('b', 'c') };
  const log = recordingLogger();

  function choose(hubs: (typeof nas)[], more: Partial<ChooseOptions> = {}) {
    const said: string[] = [];
    const chosen = chooseHub({
      known: new KnownHubs(null, log),
      browse: () => Promise.resolve({ hubs, problem: null }),
      prove: () => Promise.resolve(false),
      ask: null,
      say: (line) => said.push(line),
      ...more,
    });
    return chosen.then((result) => ({ result, said }));
  }

  it('takes the only hub there is, over TLS', async () => {
    const { result } = await choose([nas]);
    expect(result).toMatchObject({
      ok: true,
      value: { url: 'wss://192.168.1.77:7411', found: { keyId: KEY } },
    });
  });

  it('says that there is none, or why the network cannot be asked, and what to do', async () => {
    const { result } = await choose([]);
    expect(result).toMatchObject({ error: { code: 'NO_HUB_FOUND' } });
    const blocked = await choose([], {
      browse: () => Promise.resolve({ hubs: [], problem: new Error('a firewall') }),
    });
    expect(blocked.result).toMatchObject({
      error: { message: expect.stringMatching(/a firewall.*wirewatch agent/) as string },
    });
  });

  it('lists several and asks which; where nobody can be asked it says how to tell', async () => {
    const asked = await choose([nas, other], { ask: () => Promise.resolve(' 2 ') });
    expect(asked.result).toMatchObject({ ok: true, value: { url: 'wss://192.168.1.78:7411' } });
    expect(asked.said.join('\n')).toMatch(/1 {2}nas.*\n.*2 {2}attic/);
    expect((await choose([nas, other])).result).toMatchObject({
      error: { code: 'SEVERAL_HUBS', message: expect.stringContaining('wirewatch agent <url>') as string },
    });
    expect((await choose([nas, other], { ask: () => Promise.resolve('3') })).result.ok).toBe(false);
  });

  it('asks where one hub is announced at two places, unless both have its key', async () => {
    const forgeries = [
      { ...nas, address: '192.168.1.66' },
      { ...nas, port: 7412 },
      { ...nas, fingerprint: FINGERPRINT.replaceAll('AB', 'CD') },
    ];
    for (const forgery of forgeries) {
      for (const both of [
        [nas, forgery],
        [forgery, nas],
      ]) {
        const prove = (hub: typeof nas) => Promise.resolve(hub === nas);
        expect((await choose(both, { prove })).result).toMatchObject({
          error: { code: 'SEVERAL_HUBS', message: expect.stringContaining('--fingerprint') as string },
        });
      }
    }
    const second = { ...nas, address: '192.168.1.76' };
    const { result } = await choose([nas, second], { prove: () => Promise.resolve(true) });
    expect(result).toMatchObject({
      value: {
        url: 'wss://192.168.1.77:7411',
        alternatives: ['wss://192.168.1.76:7411'],
        found: { keyId: KEY },
      },
    });
  });

  it('takes the hub whose certificate it was told to expect', async () => {
    const certified = { ...other, fingerprint: FINGERPRINT.replaceAll('AB', 'CD') };
    const { result } = await choose([nas, certified], { fingerprint: certified.fingerprint });
    expect(result).toMatchObject({ ok: true, value: { url: 'wss://192.168.1.78:7411' } });
  });

  it('stays with the hub it found before, wherever it is now, whoever else makes himself known', async () => {
    const known = new KnownHubs(null, log);
    known.met(
      { keyId: KEY, host: '192.168.1.5:7411', fingerprint: FINGERPRINT, name: 'nas', found: true },
      1,
    );
    const liar = { ...nas, address: '192.168.1.66' };
    expect((await choose([other, liar, nas], { known })).result).toMatchObject({
      value: {
        url: 'wss://192.168.1.5:7411',
        alternatives: ['wss://192.168.1.66:7411', 'wss://192.168.1.77:7411'],
        found: { keyId: KEY },
      },
    });
    const plain = { ...nas, tls: 'off' as const, keyId: null, fingerprint: null };
    for (const crowd of [[], [other], [plain]]) {
      expect((await choose(crowd as (typeof nas)[], { known })).result).toMatchObject({
        value: { url: 'wss://192.168.1.5:7411', found: { keyId: KEY } },
      });
    }
  });
});
