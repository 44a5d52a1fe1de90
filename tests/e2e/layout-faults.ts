import type { Page } from '@playwright/test';

/** The least side of what a finger presses, CSS pixels. */
const TARGET = 44;

/** Runs in the page: returns what does not fit, one sentence each. `least` is the least side of a target; 0 is any. */
const FAULTS = `(async (least) => {
  const SLACK = 1.5;
  const faults = new Set();
  const within = document.documentElement.clientWidth;
  const nameOf = (element) => {
    const text = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replace(/\\s+/g, ' ').slice(0, 40);
    const classes = [...element.classList].filter((one) => !one.startsWith('svelte-')).join('.');
    return element.tagName.toLowerCase() + (classes && '.' + classes) + ' “' + text + '”';
  };
  const styles = new Map();
  const styleOf = (element) => styles.get(element) ?? (styles.set(element, getComputedStyle(element)), styles.get(element));
  const scrolls = (style) => /auto|scroll/.test(style.overflowX);
  const clips = (style) => /hidden|clip/.test(style.overflowX);
  /** Hidden from the eye, or not there; text that only screen readers get is no fault. */
  const unseen = (element) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return true;
    for (let one = element; one; one = one.parentElement) {
      const style = styleOf(one);
      if (style.clipPath.startsWith('inset(') || style.textIndent === '-9999px') return true;
      if (one.inert || one.getAttribute('aria-hidden') === 'true') return true;
    }
    const { width, height } = element.getBoundingClientRect();
    return width < 2 || height < 2;
  };
  if (document.documentElement.scrollWidth > within + SLACK) faults.add('The page is ' + document.documentElement.scrollWidth + ' px wide, the window ' + within);
  const textWidth = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect().width;
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue.trim() !== '');
  const TARGETS = 'button, a[href], select, textarea, input, [role="tab"], [role="option"], [role="menuitem"], [role="row"][tabindex], label:has(> input)';
  const small = [];
  // Behind a dialog nothing can be read or pressed.
  const root = [...document.querySelectorAll('[role="dialog"][data-state="open"]')].at(-1) ?? document.body;
  for (const element of root.querySelectorAll('*')) {
    const isTarget = element.matches(TARGETS);
    const isText = hasText(element) && !element.closest('svg, title');
    if ((!isTarget && !isText) || unseen(element)) continue;
    const rect = element.getBoundingClientRect();
    const style = styleOf(element);
    if (isText && style.display !== 'inline' && element.scrollWidth > element.clientWidth + SLACK && textWidth(element) > rect.width + SLACK) {
      const meant = scrolls(style) || style.textOverflow === 'ellipsis' || element.matches('input, textarea');
      if (!meant) faults.add(nameOf(element) + ' needs ' + element.scrollWidth + ' px and has ' + element.clientWidth);
    }
    // Only what the boxes around cut off counts; inside one that scrolls, everything is reached.
    let cutBy = null;
    let inside = true;
    for (let one = element.parentElement; one && inside; one = one.parentElement) {
      const around = styleOf(one);
      if (scrolls(around) && one.scrollWidth > one.clientWidth) inside = false;
      else if (isText && !isTarget && clips(around) && around.textOverflow === 'ellipsis') inside = false;
      else if (clips(around) || scrolls(around)) {
        const box = one.getBoundingClientRect();
        if ((rect.right > box.right + SLACK || rect.left < box.left - SLACK)) cutBy ??= one;
      }
      if (around.position === 'fixed') break;
    }
    if (inside && (rect.right > within + SLACK || rect.left < -SLACK)) faults.add(nameOf(element) + ' reaches from ' + Math.round(rect.left) + ' to ' + Math.round(rect.right));
    else if (inside && cutBy) faults.add(nameOf(element) + ' is cut off by ' + nameOf(cutBy).slice(0, 30));
    if (least === 0 || !isTarget || element.closest('p, dd, h2, [data-sonner-toast]') || style.display === 'inline' || element.disabled) continue;
    if (rect.width < least - SLACK || rect.height < least - SLACK) small.push(element);
  }
  for (const element of small) {
    const rect = element.getBoundingClientRect();
    // What a label or a part around it catches counts as well.
    element.scrollIntoView({ block: 'center', inline: 'center' });
    const now = element.getBoundingClientRect();
    const [x, y] = [now.left + now.width / 2, now.top + now.height / 2];
    const half = least / 2 - 1;
    const hits = (dx, dy) => {
      const hit = document.elementFromPoint(x + dx, y + dy);
      return hit !== null && (element.contains(hit) || hit.closest('label')?.control === element || hit.closest(TARGETS) === element.closest('label, [role="row"], li > a') || (element.matches('input, label') && hit.closest('.text-input, label')?.contains(element)));
    };
    const narrow = Math.min(half, x - 1, within - x - 1);
    if (!hits(0, -half) || !hits(0, half) || !hits(-narrow, 0) || !hits(narrow, 0)) faults.add(nameOf(element) + ' can be pressed on ' + Math.round(rect.width) + ' × ' + Math.round(rect.height) + ' px only');
  }
  return [...faults];
})`;

/**
 * Returns what does not fit on the page as it is now: text and buttons that are cut off or leave the window, and, where
 * a finger presses (`touch`), targets that are smaller than 44 px.
 */
export async function layoutFaults(page: Page, { touch = false } = {}): Promise<string[]> {
  return page.evaluate<string[]>(`(${FAULTS})(${touch ? TARGET : 0})`);
}
