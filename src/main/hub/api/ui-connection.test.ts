import { afterEach, describe, expect, it } from 'vitest';
import type { HubMessage } from '@shared/bridge/messages';
import { FaultError } from '@shared/errors';
import { outerHandlers, startHub, type TestHub } from '../../../../tests/fakes/hub-harness';
import { eventually } from '../../../../tests/patience';
import type { OuterHandlers } from './command-handlers';

let running: TestHub | undefined;
afterEach(async () => {
  await running?.dispose();
  running = undefined;
});

/** Creates a hub whose `listBrowsers` runs until it is told to stop, and a UI that talks to it in bridge messages. */
async function openUi() {
  running = await startHub();
  const signals: AbortSignal[] = [];
  const { hub } = running;
  const listBrowsers: OuterHandlers['listBrowsers'] = (_params, _caller, signal) => {
    if (signal) signals.push(signal);
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new FaultError('CANCELLED', 'Stopped.')));
    });
  };
  hub.handleOuterCommands(outerHandlers({ listBrowsers }));
  const heard: HubMessage[] = [];
  const ui = hub.connectUi((message) => heard.push(message), { from: 'test', role: 'admin' });
  const call = (id: number) => ui.receive({ op: 'call', id, name: 'listBrowsers', params: {} });
  const answers = () => heard.filter((message) => message.op === 'error' || message.op === 'result');
  return { ui, call, signals, answers };
}

describe('a UI at the hub', () => {
  it('stops the command that it does not want any more, and no other', async () => {
    const { ui, call, signals, answers } = await openUi();
    call(1);
    call(2);
    ui.receive({ op: 'cancel', id: 1 });
    await eventually(answers, (list) => list.length === 1);
    expect(answers()).toMatchObject([{ op: 'error', id: 1, code: 'CANCELLED' }]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('may cancel what nobody asked for', async () => {
    const { ui, answers } = await openUi();
    ui.receive({ op: 'cancel', id: 99 });
    expect(answers()).toEqual([]);
  });

  it('has a bound of commands under way, which cancelling does not widen', async () => {
    const { ui, call, answers } = await openUi();
    for (let id = 1; id <= 257; id++) call(id);
    expect(answers()).toMatchObject([{ id: 257, code: 'TOO_MANY_CALLS' }]);
    ui.receive({ op: 'cancel', id: 1 });
    call(300);
    expect(answers().at(-1)).toMatchObject({ id: 300, code: 'TOO_MANY_CALLS' });
    await eventually(answers, (list) => list.some(({ id }) => id === 1));
    call(301);
    expect(answers().some(({ id }) => id === 301)).toBe(false);
  });

  it('cannot use the id of a call that is under way', async () => {
    const { call, answers } = await openUi();
    call(1);
    call(1);
    expect(answers()).toMatchObject([{ id: 1, code: 'BAD_BRIDGE_MESSAGE' }]);
  });

  it('takes its commands with it when it goes', async () => {
    const { ui, call, signals } = await openUi();
    call(1);
    ui.dispose();
    expect(signals[0]?.aborted).toBe(true);
  });
});
