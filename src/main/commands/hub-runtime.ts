import { installPaths } from '../install-paths';
import { isNodeNewEnough, runUnderNewerNode } from './newer-node';

/** Runs a command that needs the hub: in this process, or under the newer Node that is installed with Wirewatch. */
export async function withHubRuntime(run: () => Promise<number>): Promise<number> {
  if (isNodeNewEnough()) return run();
  const restarted = await runUnderNewerNode(installPaths().root);
  if (restarted.ok) return restarted.value;
  process.stderr.write(`wirewatch: ${restarted.error.message}\n`);
  return 2;
}
