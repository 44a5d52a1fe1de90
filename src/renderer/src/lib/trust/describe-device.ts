import type { DeviceInfo, DeviceKind } from '@shared/model';
import { howToCompare } from './code-words';

export const KIND_WORDS: Record<DeviceKind, string> = {
  computer: 'Computer',
  board: 'Board',
  program: 'Program',
};

/** Describes in a few words what a device claims to be: `Computer · wirewatch 1.0.0`. */
export function describeClaim(
  device: Pick<DeviceInfo, 'kind' | 'agent' | 'simple' | 'model' | 'os'>,
): string {
  const what = device.model ?? device.os;
  const agent = device.agent?.replace('/', ' ') ?? (device.simple ? 'simple device' : null);
  return [KIND_WORDS[device.kind], what, agent].filter((part) => part !== null).join(' · ');
}

/** Describes a pending device in one or two sentences for a message. */
export function describeWaiting(device: Pick<DeviceInfo, 'address' | 'secure' | 'code' | 'simple'>): string {
  const from = device.address === null ? '' : `Connected from ${device.address}`;
  const how =
    from === '' || device.secure === null
      ? from
      : `${from}, ${device.secure ? 'encrypted' : 'not encrypted'}`;
  return `${how === '' ? '' : `${how}. `}${howToCompare(device)}`;
}
