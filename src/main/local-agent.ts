import { hostname } from 'node:os';
import { logFault, type Logger } from '@shared/logger';
import type { Agent } from '../agent/agent';
import type { Hub } from './hub/hub-contract';

export interface LocalAgentOptions {
  /** The host part of a URL that reaches the hub from here. */
  host: string;
  /** Where its identity is stored; null stores nothing. */
  dataDir: string | null;
  log: Logger;
}

export interface LocalAgent {
  dispose(): Promise<void>;
}

/**
 * Watches this computer with the same agent that other machines run, over a real connection. Follows the setting
 * `localAgent`, and the hub when its port or certificate changes.
 */
export function setupLocalAgent(hub: Hub, { host, dataDir, log }: LocalAgentOptions): LocalAgent {
  let running: { agent: Agent; target: Target } | null = null;
  let disposed = false;
  /** Starts and stops run one after another, however fast the setting is toggled. */
  let work: Promise<void> = Promise.resolve();

  async function follow(): Promise<void> {
    const wanted = !disposed && hub.settings().localAgent;
    const target = targetOf(hub, host);
    if (
      running &&
      (!wanted || running.target.url !== target.url || running.target.fingerprint !== target.fingerprint)
    ) {
      const { agent } = running;
      running = null;
      await agent.dispose();
    }
    if (wanted && !running) await start(target);
  }

  async function start(target: Target): Promise<void> {
    // Loaded only now, so that the hub starts listening sooner.
    const { createAgent } = await import('../agent/agent');
    const agent = createAgent({
      url: target.url,
      ...(target.fingerprint === null ? {} : { fingerprint: target.fingerprint }),
      remembersHubs: false,
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
    running = { agent, target };
    hub.setInfo({ localDevice: started.value.device });
  }

  function enqueue(): Promise<void> {
    work = work.then(follow).catch((error: unknown) => {
      logFault(log, 'LOCAL_AGENT_FAILED', 'The built-in agent failed.', error);
    });
    return work;
  }

  const stops = [hub.onSettings(() => void enqueue()), hub.onTls(() => void enqueue())];
  void enqueue();
  return {
    async dispose() {
      disposed = true;
      for (const stop of stops) stop();
      await enqueue();
    },
  };
}

interface Target {
  url: string;
  /** Null without TLS. */
  fingerprint: string | null;
}

/**
 * Uses TLS if the hub has it, so that the hub's certificate identifies it even if something else listens on this
 * machine.
 */
function targetOf(hub: Hub, host: string): Target {
  const { fingerprint } = hub.info().tls;
  return { url: `${fingerprint === null ? 'ws' : 'wss'}://${host}:${hub.port}/agent`, fingerprint };
}
