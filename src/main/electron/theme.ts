import { nativeTheme } from 'electron';
import type { Unsubscribe } from '@shared/disposable';
import type { Settings } from '@shared/model';
import type { Hub } from '../hub/hub-contract';

/** Title bars, menus and `prefers-color-scheme` follow the theme chosen in Settings. */
export function setupTheme(hub: Pick<Hub, 'settings' | 'onSettings'>): Unsubscribe {
  const apply = ({ theme }: Settings): void => {
    if (nativeTheme.themeSource !== theme) nativeTheme.themeSource = theme;
  };
  apply(hub.settings());
  return hub.onSettings(apply);
}
