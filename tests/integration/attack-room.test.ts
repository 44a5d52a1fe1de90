import { afterEach, describe, expect, it } from 'vitest';
import type { Limits } from '@shared/protocol/limits';
import { ask } from '../fakes/admission';
import { hello, startHub, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';
import { clientFrame, RawPeer, textFrame, upgradeRequest } from '../fakes/raw-peer';

/** Somebody who takes up room, so that there is none for others. */

const V1 = 'wirewatch.v1';

describe('a hub with as many connections as it may have', () => {
  let test: TestHub;
  const peers: RawPeer[] = [];
  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.destroy();
    await test.dispose();
  });

  async function start(limits: Partial<Limits>, admit: 'ask' | 'open' = 'ask'): Promise<number> {
    test = await startHub({ admit, limits });
    return test.hub.port;
  }

  async function upgraded(port: number, path: string, from: string, protocol = ''): Promise<RawPeer> {
    const peer = await RawPeer.upgraded(port, path, { from, protocol });
    peers.push(peer);
    return peer;
  }

  const refused = async (code: string): Promise<number> => (await test.api.call('getRefused', {}))[code] ?? 0;
  const openOnes = (): number => peers.filter(({ isClosed }) => !isClosed).length;

  it('lets in others when one address took all of it to talk to the echo, and cuts off what is beyond its share', async () => {
    const port = await start({ sessions: 20, unauthenticatedPerAddress: 8 });
    for (let i = 0; i < 20; i++) await upgraded(port, '/echo', '127.0.0.66');
    const agent = await ask(test, 'honest');
    expect(await agent.message('welcome')).toMatchObject({ state: 'pending' });
    await eventually(openOnes, (open) => open === 8);
    expect(peers.slice(0, 12).every(({ isClosed }) => isClosed)).toBe(true);
    expect(await refused('TOO_MANY_SESSIONS')).toBe(12);
    agent.end();
  });

  it('lets in others when very many addresses took all of it: who is not let in may hold half', async () => {
    const port = await start({ sessions: 24, unauthenticatedPerAddress: 2 });
    for (let i = 0; i < 24; i++) await upgraded(port, '/echo', `127.0.1.${1 + (i >> 1)}`);
    await expect(RawPeer.upgraded(port, '/echo', { from: '127.0.2.1' })).rejects.toThrow('503');
    const agent = await ask(test, 'honest');
    await agent.message('welcome');
    await eventually(openOnes, (open) => open === 12);
    agent.end();
  });

  it('tells the crowd itself to try later', async () => {
    const port = await start({ sessions: 20, unauthenticatedPerAddress: 8 });
    for (let i = 0; i < 20; i++) await upgraded(port, '/echo', '127.0.0.66');
    await expect(RawPeer.upgraded(port, '/echo', { from: '127.0.0.66' })).rejects.toThrow('503');
    expect(openOnes()).toBe(20);
  });

  it('does the same to a device that waits in crowds', async () => {
    const port = await start({ sessions: 20, unauthenticatedPerAddress: 8 });
    for (let i = 0; i < 20; i++) {
      const peer = await upgraded(port, '/agent', '127.0.0.66');
      peer.send(textFrame('{"id":"crowd","t":1}'));
      await peer.until(() => peer.heard.includes('PENDING_APPROVAL'));
    }
    const agent = await ask(test, 'honest');
    await agent.message('welcome');
    await eventually(openOnes, (open) => open === 8);
    agent.end();
  });

  it('and to one that was let in; who has fewer keeps what it has, and gets 503 when everybody does', async () => {
    const port = await start({ sessions: 20, unauthenticatedPerAddress: 8 }, 'open');
    for (let i = 0; i < 6; i++) {
      const calm = await upgraded(port, '/agent', '127.0.0.1', V1);
      calm.send(textFrame(JSON.stringify(hello(`calm-${i}`))));
      await calm.until(() => calm.heard.includes('"welcome"'));
    }
    const calm = [...peers];
    for (let i = 0; i < 14; i++) {
      const peer = await upgraded(port, '/agent', '127.0.0.66');
      peer.send(textFrame('{"id":"board","t":1}'), clientFrame(0x89, 'x'));
      await peer.until(() => peer.heard.includes(Buffer.from([0x8a, 1])));
    }
    const echo = await upgraded(port, '/echo', '127.0.0.2');
    await eventually(openOnes, (open) => open === 6 + 8 + 1);
    for (let i = 0; i < 5; i++) await upgraded(port, '/echo', '127.0.0.2');
    await expect(RawPeer.upgraded(port, '/agent', { from: '127.0.0.3' })).rejects.toThrow('503');
    expect([...calm, echo].some(({ isClosed }) => isClosed)).toBe(false);
  });
});

describe('an address that others share', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  const reachable = async (from: string): Promise<boolean> => {
    const peer = new RawPeer(test.hub.port, from);
    peer.socket.write(upgradeRequest('/agent', V1));
    await peer.until(() => peer.heard.includes('\r\n\r\n'));
    peer.destroy();
    return peer.heard.toString('latin1', 0, 12).endsWith('101');
  };

  async function breakFrames(from: string, origin: string | null, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const peer = new RawPeer(test.hub.port, from);
      const request = upgradeRequest('/echo');
      peer.socket.write(
        origin === null ? request : request.replace('\r\n\r\n', `\r\nOrigin: ${origin}\r\n\r\n`),
      );
      await peer.until(() => peer.heard.includes('\r\n\r\n'));
      peer.send(clientFrame(0xf1, 'x'));
      await peer.closed();
      expect(peer.closeCode).toBe(1002);
    }
  }

  it('has to wait after too many broken frames', async () => {
    test = await startHub({ limits: { freeStrikes: 2 } });
    await breakFrames('127.0.0.66', null, 3);
    expect(await reachable('127.0.0.66')).toBe(false);
    expect(await reachable('127.0.0.1')).toBe(true);
  });

  it('does not have to for what a web page did that somebody looked at there', async () => {
    test = await startHub({ limits: { freeStrikes: 2 } });
    await breakFrames('127.0.0.66', 'http://evil.example', 6);
    expect(await reachable('127.0.0.66')).toBe(true);
  });

  it('does not have to on the hub’s own machine, where somebody may be trying out a client', async () => {
    test = await startHub({ limits: { freeStrikes: 2 } });
    await breakFrames('127.0.0.1', null, 6);
    expect(await reachable('127.0.0.1')).toBe(true);
  });
});
