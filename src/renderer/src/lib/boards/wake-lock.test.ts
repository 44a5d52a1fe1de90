import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WakeLock } from './wake-lock.svelte';

/** Creates a browser that releases the lock whenever the page is hidden, as all browsers do. */
function createBrowser() {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const held = new Set<EventTarget & { release: () => Promise<void> }>();
  const request = vi.fn(() => {
    const lock = Object.assign(new EventTarget(), {
      release() {
        held.delete(lock);
        lock.dispatchEvent(new Event('release'));
        return Promise.resolve();
      },
    });
    held.add(lock);
    return Promise.resolve(lock);
  });
  const show = async (isVisible: boolean) => {
    page.visibilityState = isVisible ? 'visible' : 'hidden';
    if (!isVisible) for (const lock of held) void lock.release();
    page.dispatchEvent(new Event('visibilitychange'));
    await vi.waitFor(() => undefined);
  };
  return { page, held, request, show };
}

describe('a display that is to stay lit', () => {
  let browser: ReturnType<typeof createBrowser>;
  let wake: WakeLock;
  const settle = () => new Promise((resolve) => setTimeout(resolve));

  beforeEach(() => {
    browser = createBrowser();
    vi.stubGlobal('document', browser.page);
    vi.stubGlobal('navigator', { wakeLock: { request: browser.request } });
    wake = new WakeLock();
  });
  afterEach(() => {
    wake.dispose();
    vi.unstubAllGlobals();
  });

  it('is held while it is wanted, and let go of after', async () => {
    wake.set(true);
    await settle();
    expect([wake.state, browser.held.size]).toEqual(['on', 1]);
    wake.set(false);
    expect([wake.state, browser.held.size]).toEqual(['off', 0]);
  });

  it('is asked for again when the page comes back', async () => {
    wake.set(true);
    await settle();
    await browser.show(false);
    expect(wake.state).toBe('off');
    await browser.show(true);
    await settle();
    expect([wake.state, browser.held.size]).toEqual(['on', 1]);
  });

  it('is not held by a page that was left while the browser thought about it', async () => {
    wake.set(true);
    wake.dispose();
    await settle();
    expect(browser.held.size).toBe(0);
  });

  it('is said to go dark where the browser cannot or will not', async () => {
    browser.request.mockImplementation(() => Promise.reject(new Error('no')));
    wake.set(true);
    await settle();
    expect(wake.state).toBe('refused');
    vi.stubGlobal('navigator', {});
    const other = new WakeLock();
    other.set(true);
    await settle();
    expect(other.state).toBe('unsupported');
    other.dispose();
  });
});
