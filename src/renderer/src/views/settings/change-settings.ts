import type { CommandParams } from '@shared/hub-api';
import { fail, succeed, toFault, type Result } from '@shared/errors';
import { showToast } from '../../lib/components';
import type { HubState } from '../../lib/hub/hub-state.svelte';

type SettingsPatch = CommandParams<'updateSettings'>;

/** Changes settings; the answer also reaches every open window through the `settings` topic. */
export async function changeSettings(hub: HubState, patch: SettingsPatch): Promise<Result<null>> {
  try {
    hub.settings = await hub.api.call('updateSettings', patch);
    return succeed(null);
  } catch (error) {
    const { code, message } = toFault(error);
    return fail(code, message);
  }
}

/** Like {@link changeSettings}, for controls that have no room to show an error. */
export async function changeOrTell(hub: HubState, patch: SettingsPatch): Promise<void> {
  const result = await changeSettings(hub, patch);
  if (!result.ok)
    showToast({ title: 'The setting could not be changed', text: result.error.message, tone: 'bad' });
}
