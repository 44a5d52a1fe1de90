import { createSubscriber } from 'svelte/reactivity';
import type { Theme } from '@shared/model';

const STORAGE_KEY = 'wirewatch.theme';

/**
 * Which half of the tokens is in force. The choice itself lives in the hub's settings; a copy stays in
 * `localStorage`, because `early-theme.js` needs it before the hub has answered.
 */
class ThemeState {
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #systemChanges = createSubscriber((update) => {
    this.#dark.addEventListener('change', update);
    return () => this.#dark.removeEventListener('change', update);
  });
  #chosen = $state<Theme>(storedTheme());

  get chosen(): Theme {
    return this.#chosen;
  }

  /** What is on screen. Reading it in an effect is how canvases learn that their colours changed. */
  get resolved(): 'dark' | 'light' {
    this.#systemChanges();
    if (this.#chosen !== 'system') return this.#chosen;
    return this.#dark.matches ? 'dark' : 'light';
  }

  apply(theme: Theme): void {
    this.#chosen = theme;
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    try {
      localStorage.setItem(STORAGE_KEY, theme);
    } catch {
      // Without storage the next start begins with the system's theme.
    }
  }
}

function storedTheme(): Theme {
  const attribute = document.documentElement.dataset['theme'];
  return attribute === 'dark' || attribute === 'light' ? attribute : 'system';
}

export const theme = new ThemeState();

/** A token as a colour that canvases take, e.g. `readColor('--s1')` → `oklch(0.76 0.12 212)`. */
export function readColor(token: `--${string}`, element: Element = document.documentElement): string {
  return getComputedStyle(element).getPropertyValue(token).trim();
}
