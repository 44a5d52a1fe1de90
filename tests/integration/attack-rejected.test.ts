import { afterEach, describe, expect, it } from 'vitest';
import { ask, refusal } from '../fakes/admission';
import { startHub, type TestHub } from '../fakes/hub-harness';

/** Who was rejected is told so and nothing else, and changes nothing about the entry that the user sees. */

describe('a device that was rejected', () => {
  let test: TestHub;
  afterEach(() => test.dispose());

  const only = async () => {
    const [device, ...others] = await test.api.call('listDevices', {});
    expect(others).toEqual([]);
    return device;
  };

  it.each([
    ['as it was', {}],
    ['with a token', { token: 'wwt_guess' }],
    ['under another name', { device: { id: 'new', name: 'Router', kind: 'computer', model: 'Other' } }],
  ])('comes back %s, and hears that it was rejected and no welcome', async (_, more) => {
    test = await startHub();
    const first = await ask(test, 'new');
    await first.message('welcome');
    await test.api.call('rejectDevice', { device: 'new' });
    await first.close();
    const before = await only();
    const again = await ask(test, 'new', { more });
    expect(await refusal(again)).toEqual({ close: 1008, error: 'REJECTED' });
    expect(again.heard.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual([
      'admission',
      'error',
    ]);
    const after = await only();
    expect([after?.name, after?.model, after?.approval]).toEqual([before?.name, before?.model, 'rejected']);
  });
});
