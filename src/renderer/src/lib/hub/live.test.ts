import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeedFrame, FeedPatch, FeedSpec, HubApi, LinkState } from '@shared/hub-api';
import { HubState } from './hub-state.svelte';
import { createLive } from './live.svelte';

/** Creates a hub that has only feeds and a link, controlled by the test. */
function createFeedHub() {
  const feeds: {
    spec: FeedSpec;
    patches: FeedPatch[];
    open: boolean;
    send: (frame: Partial<FeedFrame> & Pick<FeedFrame, 'kind' | 'blocks'>) => void;
  }[] = [];
  const links = new Set<(state: LinkState) => void>();
  let link: LinkState = { state: 'open', bootId: 'first', hubTime: 0 };
  const api: HubApi = {
    call: () => Promise.reject(new Error('not in this test')),
    subscribe: () => () => {},
    openFeed(spec, listener) {
      const feed = {
        spec,
        patches: [] as FeedPatch[],
        open: true,
        send: (frame: Partial<FeedFrame> & Pick<FeedFrame, 'kind' | 'blocks'>) =>
          listener({ bootId: 'first', hubTime: 1_000, ...frame }),
      };
      feeds.push(feed);
      return { update: (patch) => feed.patches.push(patch), close: () => (feed.open = false) };
    },
    onLink(listener) {
      links.add(listener);
      listener(link);
      return () => links.delete(listener);
    },
  };
  return {
    api,
    feeds,
    last: () => feeds.at(-1) ?? expect.fail('no feed was opened'),
    setLink(state: LinkState) {
      link = state;
      for (const listener of links) listener(state);
    },
  };
}

const block = (id: number, ...samples: [number, number][]) => ({
  series: Uint32Array.of(id),
  t: Float64Array.from(samples, ([t]) => t),
  v: Float64Array.from(samples, ([, v]) => v),
});

const turn = () => Promise.resolve();

describe('createLive', () => {
  let document: { hidden: boolean; addEventListener: () => void; removeEventListener: () => void };
  let onVisibility: () => void;

  beforeEach(() => {
    onVisibility = () => {};
    document = {
      hidden: false,
      addEventListener: (...[, listener]: unknown[]) => (onVisibility = listener as () => void),
      removeEventListener: () => {},
    };
    vi.stubGlobal('document', document);
  });
  afterEach(() => vi.unstubAllGlobals());

  async function start() {
    const fake = createFeedHub();
    const hub = new HubState(fake.api);
    const live = createLive(hub, { windowMs: 60_000, flushMs: 100 });
    live.setSeries([1, 2]);
    await turn();
    return { ...fake, hub, live };
  }

  it('opens one feed for all that is asked in one turn', async () => {
    const { feeds, live } = await start();
    live.setSeries([1, 2, 3]);
    live.focus(['nas']);
    await turn();
    expect(feeds).toHaveLength(1);
    expect(feeds[0]?.spec).toMatchObject({ series: [1, 2], windowMs: 60_000, flushMs: 100 });
    expect(feeds[0]?.patches).toEqual([{ series: [1, 2, 3], focus: ['nas'] }]);
  });

  it('replaces by a snapshot and goes on with what is appended', async () => {
    const { last, live } = await start();
    const frames = vi.fn();
    live.onFrame(frames);
    last().send({ kind: 'append', blocks: [block(1, [100, 1])] });
    last().send({ kind: 'snapshot', blocks: [block(1, [200, 2], [300, 3])] });
    last().send({ kind: 'append', blocks: [block(1, [400, 4])] });
    expect(live.buffer(1)?.length).toBe(3);
    expect(live.last(1)).toBe(4);
    expect(live.last(2)).toBeNull();
    expect(frames).toHaveBeenCalledTimes(3);
  });

  it('forgets series that are not followed any more and takes nothing for them', async () => {
    const { last, live } = await start();
    last().send({ kind: 'snapshot', blocks: [block(1, [100, 1]), block(2, [100, 2])] });
    live.setSeries([2]);
    last().send({ kind: 'append', blocks: [block(1, [200, 1])] });
    expect(live.buffer(1)).toBeNull();
    expect(live.last(2)).toBe(2);
  });

  it('stands still while paused and is filled up again when it goes on', async () => {
    const { feeds, last, live, hub } = await start();
    last().send({ kind: 'snapshot', blocks: [block(1, [100, 1])] });
    hub.paused = true;
    const stoodAt = live.now();
    last().send({ kind: 'append', blocks: [block(1, [200, 2])] });
    last().send({ kind: 'snapshot', blocks: [block(1, [200, 2]), block(2, [200, 9])] });
    expect(live.last(1)).toBe(1);
    expect(live.last(2)).toBe(9);
    expect(live.now()).toBe(stoodAt);
    hub.paused = false;
    expect(feeds.map((feed) => feed.open)).toEqual([false, true]);
    last().send({ kind: 'snapshot', blocks: [block(1, [100, 1], [200, 2], [300, 3])] });
    expect(live.last(1)).toBe(3);
  });

  it('forgets everything when the hub was restarted, and refuses what belongs to the run before', async () => {
    const { last, live, setLink } = await start();
    last().send({ kind: 'snapshot', blocks: [block(1, [100, 1])] });
    setLink({ state: 'closed', code: 'LINK_LOST', message: '', retrying: true });
    expect(live.last(1)).toBe(1);
    setLink({ state: 'open', bootId: 'second', hubTime: 0 });
    expect(live.buffer(1)).toBeNull();
    live.setSeries([7]);
    await turn();
    last().send({ kind: 'snapshot', blocks: [block(7, [100, 1])] });
    expect(live.buffer(7)).toBeNull();
    last().send({ bootId: 'second', kind: 'snapshot', blocks: [block(7, [100, 5])] });
    expect(live.last(7)).toBe(5);
  });

  it('keeps what it has when only the link was cut', async () => {
    const { last, live, setLink } = await start();
    last().send({ kind: 'snapshot', blocks: [block(1, [100, 1])] });
    setLink({ state: 'closed', code: 'LINK_LOST', message: '', retrying: true });
    setLink({ state: 'open', bootId: 'first', hubTime: 0 });
    expect(live.last(1)).toBe(1);
  });

  it('asks for a longer past with a new feed, and for a shorter one without', async () => {
    const { feeds, live } = await start();
    live.setWindow(30_000);
    expect(feeds).toHaveLength(1);
    live.setWindow(300_000);
    expect(feeds.map(({ open, spec }) => [open, spec.windowMs])).toEqual([
      [false, 60_000],
      [true, 300_000],
    ]);
  });

  it('wants frames once a second while nobody sees it', async () => {
    const { last } = await start();
    document.hidden = true;
    onVisibility();
    document.hidden = false;
    onVisibility();
    expect(last().patches).toEqual([{ flushMs: 1_000 }, { flushMs: 100 }]);
  });

  it('closes its feed in the end', async () => {
    const { last, live, feeds } = await start();
    live.dispose();
    live.setSeries([5]);
    await turn();
    expect(last().open).toBe(false);
    expect(feeds).toHaveLength(1);
  });
});
