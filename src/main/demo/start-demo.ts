import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Disposable } from '@shared/disposable';
import { fail, succeed, type Result } from '@shared/errors';
import { installPaths } from '../install-paths';
import type { Wirewatch } from '../runtime';
import { SIMPLE_ROLES } from './cast-boards';
import type { FleetOrder } from './fleet-order';

export interface DemoOptions {
  devices: number;
  seed: number;
}

/**
 * Simulates devices for a running hub in a separate process, so that they do not slow it down. Fails with
 * `DEMO_FAILED` when that process does not start.
 */
export async function startDemo(
  { hub, url }: Wirewatch,
  { devices, seed }: DemoOptions,
): Promise<Result<Disposable>> {
  const [, script = ''] = process.argv;
  const child = fork(script, ['demo-fleet'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const order: FleetOrder = {
    url: url.replace(/^http/, 'ws'),
    fingerprint: url.startsWith('https:') ? hub.info().tls.fingerprint : null,
    token: hub.internalToken,
    devices,
    seed,
    recording: installPaths().recording,
  };
  const stopApproving = approveSimpleDevices({ hub });
  const dispose = (): void => {
    stopApproving();
    if (child.connected) child.disconnect();
  };
  const failure = await started(child, order);
  if (failure !== null) {
    dispose();
    return fail('DEMO_FAILED', `The simulated devices did not start: ${failure}`);
  }
  child.on('exit', (code) => {
    if (code !== 0) hub.log.error('the simulated devices ended', { code });
  });
  return succeed({ dispose });
}

/** Resolves with null once the devices run, otherwise with the reason why they do not. */
async function started(child: ChildProcess, order: FleetOrder): Promise<string | null> {
  const gone = new AbortController();
  child.once('exit', (code) => gone.abort(`exit code ${code}`));
  child.once('error', (error) => gone.abort(error.message));
  try {
    await once(child, 'message', { signal: gone.signal });
    child.send(order);
    const [answer] = (await once(child, 'message', { signal: gone.signal })) as unknown[];
    const isError = typeof answer === 'object' && answer !== null && 'error' in answer;
    return isError ? String(answer.error) : null;
  } catch {
    return String(gone.signal.reason);
  }
}

/** Approves the demo's simple devices by their ids, as a person would, because they have no token. */
function approveSimpleDevices({ hub }: Pick<Wirewatch, 'hub'>): () => void {
  const caller = { from: 'demo', role: 'admin' } as const;
  const done = new Set<string>();
  return hub.onDevices(({ changed }) => {
    for (const { id, approval } of changed) {
      const role = SIMPLE_ROLES.find(({ name }) => name === id);
      if (!role || approval !== 'pending' || done.has(id)) continue;
      done.add(id);
      void hub.execute('approveDevice', { device: id }, caller);
      void hub.execute('setDeviceTags', { device: id, tags: role.tags }, caller);
    }
  });
}
