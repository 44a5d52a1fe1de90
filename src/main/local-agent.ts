import { hostname } from 'node:os';
import type { Logger } from '@shared/logger';
import type { Agent } from '../agent/agent';
import type { Hub } from './hub/hub-contract';

export interface LocalAgentOptions {
  /** The host part of a URL that reaches the hub from here. */
  host: string;
  /** Where its identity is kept; null keeps nothing. */
  dataDir: string | null;
  log: Logger;
}

export interface LocalAgent {
  dispose(): Promise<void>;
}

/**
 * Watches this very computer with the same agent that others run, over a real connection. Follows the setting
 * `localAgent`, and the hub when its port changes.
 */
export function setupLocalAgent(hub: Hub, { host, dataDir, log }: LocalAgentOptions): LocalAgent {
  let running: { agent: Agent; port: number } | null = null;
  let disposed = false;
  /** Starts and stops come one after another, however fast the setting is switched. */
  let work: Promise<void> = Promise.resolve();

  async function follow(): Promise<void> {
    const wanted = !disposed && hub.settings().localAgent;
    if (running && (!wanted || running.port !== hub.port)) {
      const { agent } = running;
      running = null;
      await agent.dispose();
    }
    if (wanted && !running) await start(hub.port);
  }

  async function start(port: number): Promise<void> {
    // Loaded only now: the hub listens sooner without it.
    const { createAgent } = await import('../agent/agent');
    const agent = createAgent({
      url: `ws://${host}:${port}/agent`,
      name: hostname(),
      token: hub.internalToken,
      dataDir,
      log,
    });
    const started = await agent.start();
    if (!started.ok) {
      log.error('this computer is not watched', { code: started.error.code, reason: started.error.message });
      await agent.dispose();
      return;
    }
    running = { agent, port };
    hub.setInfo({ localDevice: started.value.device });
  }

  function enqueue(): Promise<void> {
    work = work.then(follow).catch((error: unknown) => {
      log.error('the built-in agent failed', { error: String(error) });
    });
    return work;
  }

  const stopFollowing = hub.onSettings(() => void enqueue());
  void enqueue();
  return {
    async dispose() {
      disposed = true;
      stopFollowing();
      await enqueue();
    },
  };
}
