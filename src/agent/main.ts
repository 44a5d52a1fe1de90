import { createAgentCommand } from './command';
import { AGENT_VERSION } from './version';

/** The agent as a separate program: `node wirewatch-agent.mjs ws://hub:7411`. */
await createAgentCommand().name('wirewatch-agent').version(AGENT_VERSION).parseAsync();
