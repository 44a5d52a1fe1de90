import { endLike, takeOver } from './lib/processes.mjs';
import { isTerminal } from './lib/progress.mjs';
import { inProject, requireNode } from './lib/project.mjs';

// `npm run test:unit [-- path…]`: runs the tests without a browser. Vitest would use colours even in a log.

const env = isTerminal(process.stdout) ? process.env : { ...process.env, NO_COLOR: '1' };
const args = [inProject('node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)];
endLike(await takeOver(requireNode(), args, { env }));
