import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { findElectron } from './lib/electron.mjs';
import { writeNotices } from './lib/notices.mjs';
import { endLike, takeOver } from './lib/processes.mjs';
import { inProject, requireNode } from './lib/project.mjs';

// `npm run package [-- --installers] [-- --electron-dist <folder>]`: an unpacked app in dist/, or the installers
// of this system. With a folder that holds an unpacked Electron (or the one already downloaded), no network is
// needed for the unpacked app.

const args = process.argv.slice(2);
const installers = args.includes('--installers');
const given = valueOf('--electron-dist') ?? process.env.ELECTRON_DIST;

if (given !== undefined && !existsSync(resolve(given))) {
  console.error(`There is no Electron in ${resolve(given)}.`);
  process.exit(2);
}
await ensureBuild();
writeNotices();
const electronDist = given === undefined ? alreadyDownloaded() : resolve(given);
if (electronDist === null) {
  console.error('electron-builder will download Electron; give --electron-dist <folder> to work offline.');
}
const ended = await takeOver(requireNode(), [
  inProject('node_modules', 'electron-builder', 'cli.js'),
  ...(installers ? [] : ['--dir']),
  '--publish',
  'never',
  ...(electronDist === null ? [] : [`--config.electronDist=${electronDist}`]),
]);
if (ended.code !== 0 && electronDist === null) {
  console.error('Without a network, point --electron-dist at an unpacked Electron distribution.');
}
endLike(ended);

function valueOf(name) {
  const at = args.indexOf(name);
  if (at >= 0) return args[at + 1];
  return args.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Returns the folder of the Electron that `npm start` uses, if there is one. */
function alreadyDownloaded() {
  const path = findElectron();
  if (path === null) return null;
  return process.platform === 'darwin' ? dirname(dirname(dirname(dirname(path)))) : dirname(path);
}
