import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from './project.mjs';

/** What Vite found in each bundle (`build.license`): `[{name, version, identifier, text}]`. */
const BUNDLES = ['renderer', 'preload', 'agent'].map((name) => join('out', name, 'licenses.json'));
/** Fonts reach the bundle by CSS, where Vite does not look. */
const FONTS = ['inter', 'jetbrains-mono', 'noto-emoji', 'noto-sans-kr', 'noto-sans-sc'].map(
  (font) => `@fontsource-variable/${font}`,
);
const LICENCE_FILE = /^(licen[cs]e|copying)/i;
const NOTICE_FILE = /^notice/i;

/**
 * Writes `out/THIRD-PARTY-NOTICES.md`: every library and font that the package contains, bundled or as a dependency, with
 * its licence. Throws when one has none, since it must not be shipped then. Returns the path.
 */
export function writeNotices() {
  const entries = new Map();
  for (const file of BUNDLES) {
    for (const one of JSON.parse(readFileSync(inProject(file), 'utf8'))) add(entries, one);
  }
  for (const name of FONTS) add(entries, readPackage(join('node_modules', name)));
  for (const folder of productionFolders()) add(entries, readPackage(folder));
  const sorted = [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const parts = sorted.map(({ name, version, identifier, text }) => {
    const words = text ?? `Licence: ${identifier}. The package contains no text of it.`;
    return `## ${name} ${version} (${identifier})\n\n\`\`\`\`text\n${words.trim()}\n\`\`\`\`\n`;
  });
  const head =
    '# Third-party notices\n\nWirewatch itself is under the MIT licence, see LICENSE. It contains these libraries and fonts. ' +
    'Electron, Chromium and Node bring their own: see LICENSE.electron.txt and LICENSES.chromium.html.\n';
  const path = inProject('out', 'THIRD-PARTY-NOTICES.md');
  writeFileSync(path, [head, ...parts].join('\n'));
  return path;
}

function add(entries, { name, version, identifier, text }) {
  if (identifier === undefined && text === undefined) throw new Error(`${name} ${version} has no licence.`);
  const key = `${name} ${version}`;
  const known = entries.get(key);
  if (known?.text === undefined)
    entries.set(key, { name, version, identifier: identifier ?? 'see below', text });
}

/** The folders of the packages that are installed with the app, by the lock file. */
function productionFolders() {
  const { packages } = JSON.parse(readFileSync(inProject('package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([folder, { dev, devOptional }]) => folder !== '' && !dev && !devOptional)
    .map(([folder]) => folder)
    .filter((folder) => existsSync(inProject(folder)));
}

function readPackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(inProject(folder, 'package.json'), 'utf8'));
  const files = readdirSync(inProject(folder));
  const texts = [files.find((file) => LICENCE_FILE.test(file)), files.find((file) => NOTICE_FILE.test(file))]
    .filter((file) => file !== undefined)
    .map((file) => readFileSync(inProject(folder, file), 'utf8').trim());
  return { name, version, identifier: license, text: texts.length > 0 ? texts.join('\n\n') : undefined };
}
