import { hello, TestClient, type Json, type TestHub } from './hub-harness';

/** `from` is the loopback address of the agent; the hub treats a different one as a different machine. */
export interface AskOptions {
  from?: string;
  headers?: Record<string, string>;
  /** Additional fields of the hello. */
  more?: Json;
  path?: string;
}

/** Starts a full agent that has said hello. */
export async function ask(test: TestHub, id: string, options: AskOptions = {}): Promise<TestClient> {
  const { from = '127.0.0.1', headers = {}, more = {}, path = '/agent' } = options;
  const client = await TestClient.open(`${test.url}${path}`, ['wirewatch.v1'], {
    localAddress: from,
    headers,
  });
  client.send(hello(id, more));
  return client;
}

/** Starts a simple device that has sent one message. */
export async function send(
  test: TestHub,
  message: Json | string,
  { from = '127.0.0.1', headers = {}, path = '/' }: AskOptions = {},
): Promise<TestClient> {
  const client = await TestClient.open(`${test.url}${path}`, [], { localAddress: from, headers });
  client.send(message);
  return client;
}

/** Runs an agent that asks, is approved, and leaves with its new key. */
export async function pair(test: TestHub, id: string, options: AskOptions = {}): Promise<string> {
  const agent = await ask(test, id, options);
  await agent.message('welcome');
  await test.api.call('approveDevice', { device: id });
  const key = await keyOf(agent);
  agent.end();
  await agent.close();
  return key;
}

/** Resolves with the key that an agent receives. */
export async function keyOf(agent: TestClient): Promise<string> {
  for (let from = 0; ; from++) {
    const { key } = await agent.message('admission', from);
    if (typeof key === 'string') return key;
  }
}

/**
 * Resolves with the reason for a refused connection: the close code, and the code of the error before it, null if there
 * was none.
 */
export async function refusal(agent: TestClient): Promise<{ close: number; error: unknown }> {
  const { code } = await agent.close();
  const errors = agent.heard.map((text) => JSON.parse(text) as Json).filter(({ type }) => type === 'error');
  return { close: code, error: errors[0]?.['code'] ?? null };
}
