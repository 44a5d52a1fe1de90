import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { ensureChromium } from './lib/chromium.mjs';
import { sandboxFlags } from './lib/cli-server.mjs';
import { encodeIcns, encodeIco } from './lib/icon-formats.mjs';
import { inProject } from './lib/project.mjs';

// `node scripts/icons.mjs`: draws every icon of the app and its installers from resources/icon.svg. The results
// are committed; this runs only when the mark changes.

/** Draws the bare line, for trays: macOS colours it itself; on other systems the colour of the panel is unknown. */
const trayMark = (color, outline) => `
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke-linecap="round" stroke-linejoin="round">
  ${outline ? `<path d="${TRAY_LINE}" stroke="${outline}" stroke-width="6.5" />` : ''}
  <path d="${TRAY_LINE}" stroke="${color}" stroke-width="3.2" />
</svg>`;
const TRAY_LINE = 'M3 17 H8 L12 7 L18 26 L22 13 L24 17 H29';

const executablePath = await ensureChromium(console.error);
if (!executablePath) throw new Error('There is no Chromium to draw with: set CHROMIUM_PATH.');
const browser = await chromium.launch({ executablePath, args: sandboxFlags() });
const page = await browser.newPage();

const mark = readFileSync(inProject('resources', 'icon.svg'), 'utf8');
const images = [];
for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024])
  images.push({ size, png: await draw(mark, size) });
const of = (...sizes) => images.filter(({ size }) => sizes.includes(size));
const one = (size) => of(size)[0].png;

mkdirSync(inProject('build', 'icons'), { recursive: true });
save('build/icon.png', one(1024));
save('build/icon.ico', encodeIco(of(16, 24, 32, 48, 64, 128, 256)));
save('build/icon.icns', encodeIcns(of(16, 32, 64, 128, 256, 512, 1024)));
for (const { size, png } of of(16, 32, 48, 64, 128, 256, 512)) save(`build/icons/${size}x${size}.png`, png);
save('resources/icon.png', one(256));
for (const [suffix, scale] of [
  ['', 1],
  ['@2x', 2],
]) {
  save(`resources/trayTemplate${suffix}.png`, await draw(trayMark('#000'), 16 * scale));
  save(`resources/tray${suffix}.png`, await draw(trayMark('#37d7e8', '#0b0d10'), 24 * scale));
}
await browser.close();

async function draw(svg, size) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  );
  return page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } });
}

function save(path, bytes) {
  writeFileSync(inProject(...path.split('/')), bytes);
}
