import { describe, expect, it } from 'vitest';
import { FaultError } from '../errors';
import type { HubApi } from '../hub-api';
import { passFaults, restoreFaults } from './isolation';

const failing: HubApi = {
  call: () => Promise.reject(new FaultError('UNKNOWN_DEVICE', 'There is no such device.')),
  subscribe: () => () => undefined,
  openFeed: () => ({ update: () => undefined, close: () => undefined }),
  onLink: () => () => undefined,
};

describe('the hub across isolated worlds', () => {
  it('rejects with a plain object that a structured clone keeps whole', async () => {
    const thrown: unknown = await passFaults(failing)
      .call('listDevices', {})
      .catch((error: unknown) => error);
    expect(thrown).not.toBeInstanceOf(Error);
    expect(structuredClone(thrown)).toEqual({ code: 'UNKNOWN_DEVICE', message: 'There is no such device.' });
  });

  it('gives the page an error with its code again', async () => {
    const call = restoreFaults(passFaults(failing)).call('listDevices', {});
    await expect(call).rejects.toBeInstanceOf(FaultError);
    await expect(call).rejects.toMatchObject({
      code: 'UNKNOWN_DEVICE',
      message: 'There is no such device.',
    });
  });

  it('leaves what is not a fault as it is', async () => {
    const odd: HubApi = { ...failing, call: () => Promise.reject(new TypeError('not cloneable')) };
    await expect(restoreFaults(odd).call('listDevices', {})).rejects.toThrow('not cloneable');
  });
});
