/**
 * Sent in `hello`. A test makes sure that it equals the package's version, because the agent is built without
 * package.json.
 */
export const AGENT_VERSION = '1.0.0';
