/** Told in `hello`; the same as the package's, which a test watches over: the agent is built without package.json. */
export const AGENT_VERSION = '1.0.0';
