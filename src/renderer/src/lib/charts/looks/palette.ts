import { colorSlot, LOOKS } from './looks';

/** The colours of a picture, as the theme has them now. */
export interface Palette {
  panel: string;
  line: string;
  line2: string;
  text: string;
  text2: string;
  text3: string;
  accent: string;
  warn: string;
  bad: string;
  /** Indexed by look, so colours repeat; [0] is unused. */
  series: readonly string[];
  font: string;
  /** The opacity of areas: lighter surfaces need less. */
  areaAlpha: number;
}

const palettes = new Map<string, Palette>();

/**
 * Reads the tokens of the colours on screen (`theme.colors`). This happens once per set, because it forces the browser to update all
 * styles, which is too slow for a page of charts.
 */
export function readPalette(colors: string): Palette {
  let palette = palettes.get(colors);
  if (!palette) palettes.set(colors, (palette = readTokens(colors)));
  return palette;
}

function readTokens(colors: string): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    panel: token('--panel'),
    line: token('--line'),
    line2: token('--line2'),
    text: token('--text'),
    text2: token('--text2'),
    text3: token('--text3'),
    accent: token('--accent'),
    warn: token('--warn'),
    bad: token('--bad'),
    series: ['', ...Array.from({ length: LOOKS }, (_, i) => token(`--s${colorSlot(i + 1)}`))],
    font: `420 11px ${token('--font')}`,
    areaAlpha: colors.startsWith('dark') ? 0.12 : 0.1,
  };
}
