import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** The longest time that new content is waited for, ms. */
const LOADED_WITHIN_MS = 500;
const QUIET_MS = 150;

/** Resolves once the page has not changed for a while and new content has faded in. */
const SETTLED = `(async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const startedAt = performance.now();
  let changedAt = startedAt;
  const watch = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof HTMLElement) changedAt = performance.now();
  });
  watch.observe(document.body, { childList: true, subtree: true });
  while (performance.now() - changedAt < ${QUIET_MS} && performance.now() - startedAt < ${LOADED_WITHIN_MS}) await frame();
  watch.disconnect();
  const fading = () => document.getAnimations().filter((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
  for (let left = fading(); left.length > 0; left = fading()) {
    await Promise.all(left.map((one) => one.finished.catch(() => {})));
    await frame();
  }
})()`;

/** Waits until new content has faded in, because a half-faded text has too little contrast. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(SETTLED);
}

/** Returns the violations that axe finds on the page in its current state: of `rules`, or of all. */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode();
  // All rules run, but passed checks are not recorded, because that takes as long as the checks themselves.
  axe.options({ resultTypes: ['violations'], preload: false, ...(rules && { runOnly: rules }) });
  const found = await axe.analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 300)}`));
}
