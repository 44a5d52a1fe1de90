import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What opens, opens within this long at most, ms. */
const LOADED_WITHIN_MS = 500;
const QUIET_MS = 150;

/** Resolves once nothing new has come for a while, and what came has faded in. */
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

/** What has just opened is still fading in, and half a fade is too little contrast. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(SETTLED);
}

/** What axe finds wrong with a page as it is. */
export async function violations(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode();
  // All rules run; what they found right is not written down, which costs as much as finding it.
  const found = await axe.options({ resultTypes: ['violations'], preload: false }).analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 300)}`));
}
