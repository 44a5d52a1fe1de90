import { hello, TestClient, type Json, type TestHub } from './hub-harness';

/** `from` is the loopback address that an agent comes from: to the hub, another one is another machine. */
export interface AskOptions {
  from?: string;
  headers?: Record<string, string>;
  /** More of the hello. */
  more?: Json;
  path?: string;
}

/** A full agent that has said hello. */
export async function ask(test: TestHub, id: string, options: AskOptions = {}): Promise<TestClient> {
  const { from = '127.0.0.1', headers = {}, more = {}, path = '/agent' } = options;
  const client = await TestClient.open(`${test.url}${path}`, ['wirewatch.v1'], {
    localAddress: from,
    headers,
  });
  client.send(hello(id, more));
  return client;
}

/** A simple device that has sent one message. */
export async function send(
  test: TestHub,
  message: Json | string,
  { from = '127.0.0.1', headers = {}, path = '/' }: AskOptions = {},
): Promise<TestClient> {
  const client = await TestClient.open(`${test.url}${path}`, [], { localAddress: from, headers });
  client.send(message);
  return client;
}

/** An agent that asked, was approved, and left with the key it got. */
export async function pair(test: TestHub, id: string, options: AskOptions = {}): Promise<string> {
  const agent = await ask(test, id, options);
  await agent.message('welcome');
  await test.api.call('approveDevice', { device: id });
  const key = await keyOf(agent);
  agent.end();
  await agent.close();
  return key;
}

/** The key that an agent is handed, waiting for it if need be. */
export async function keyOf(agent: TestClient): Promise<string> {
  for (let from = 0; ; from++) {
    const { key } = await agent.message('admission', from);
    if (typeof key === 'string') return key;
  }
}

/** How a connection was turned away: the close code and the code of the error before it, null when there was none. */
export async function refusal(agent: TestClient): Promise<{ close: number; error: unknown }> {
  const { code } = await agent.close();
  const errors = agent.heard.map((text) => JSON.parse(text) as Json).filter(({ type }) => type === 'error');
  return { close: code, error: errors[0]?.['code'] ?? null };
}
