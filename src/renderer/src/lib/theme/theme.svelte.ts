import { createSubscriber } from 'svelte/reactivity';
import type { Theme } from '@shared/model';

const STORAGE_KEY = 'wirewatch.theme';

/**
 * The theme in use. The choice is stored in the hub's settings; `localStorage` has a copy, because
 * `early-theme.js` needs it before the hub has answered.
 */
class ThemeState {
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #forced = matchMedia('(forced-colors: active)');
  readonly #systemChanges = createSubscriber((update) => {
    const watched = [this.#dark, this.#forced];
    for (const query of watched) query.addEventListener('change', update);
    return () => {
      for (const query of watched) query.removeEventListener('change', update);
    };
  });
  readonly #colors = new Map<string, string>();
  #chosen = $state<Theme>(storedTheme());

  get chosen(): Theme {
    return this.#chosen;
  }

  /** The theme on screen. Canvases read it in an effect to learn that their colours have changed. */
  get resolved(): 'dark' | 'light' {
    this.#systemChanges();
    // Forced colours are the system's, whichever theme was chosen.
    if (this.#chosen !== 'system' && !this.#forced.matches) return this.#chosen;
    return this.#dark.matches ? 'dark' : 'light';
  }

  /** Names the set of colours on screen: the theme, or the system's own colours where it forces them. */
  get colors(): string {
    return `${this.resolved}${this.#forced.matches ? ' forced' : ''}`;
  }

  /**
   * Returns a token as a colour that canvases accept, e.g. `--s1` → `oklch(0.76 0.12 212)`. Read once per theme: each
   * read makes the browser update all styles, which many small canvases cannot afford.
   */
  color(token: `--${string}`): string {
    const key = `${this.colors} ${token}`;
    let color = this.#colors.get(key);
    if (color === undefined) {
      color = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
      this.#colors.set(key, color);
    }
    return color;
  }

  apply(theme: Theme): void {
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    // Set after the page has changed, so that effects read the new colours.
    this.#chosen = theme;
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
