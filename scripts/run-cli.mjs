import { ensureBuild } from './lib/build.mjs';
import { endLike, takeOver } from './lib/processes.mjs';
import { inProject, requireNode } from './lib/project.mjs';

// `npm run serve|agent|demo -- …`: runs the command line, after building it if needed.
await ensureBuild();
endLike(await takeOver(requireNode(), [inProject('out', 'main', 'cli.js'), ...process.argv.slice(2)]));
