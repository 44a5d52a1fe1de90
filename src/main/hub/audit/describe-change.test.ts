import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES, COMMANDS } from '@shared/hub-api';
import type { Settings } from '@shared/model';
import { describeChange, type ChangeNames } from './describe-change';

const SETTINGS: Settings = {
  theme: 'system',
  port: 7411,
  intervalMs: 1_000,
  admit: 'ask',
  tls: 'allow',
  advertise: true,
  shareUi: false,
  localAgent: true,
  retention: { rawDays: 7, minuteDays: 90, hourDays: 1_826, budgetBytes: 5 * 1024 ** 3 },
};
const NAMES: ChangeNames = {
  device: (id) => (id === 'd1' ? 'nas' : null),
  joinToken: (id) => (id === 't1' ? 'garage' : null),
  board: (id) => (id === 'b1' ? 'Kitchen' : null),
  session: (id) => (id === 's1' ? { id: 'd1', name: 'nas' } : null),
  settings: () => SETTINGS,
};

describe('a change in the audit log', () => {
  it('names the device, how it was approved, and what was removed', () => {
    expect(describeChange('approveDevice', { device: 'd1', code: '066455' }, NAMES)).toEqual({
      text: 'Approved nas, digits compared.',
      device: 'd1',
    });
    expect(describeChange('approveDevice', { device: 'd1' }, NAMES)?.text).toBe('Approved nas.');
    expect(describeChange('removeDevice', { device: 'd1' }, NAMES)?.text).toBe(
      'Removed nas and its history.',
    );
    expect(describeChange('renameDevice', { device: 'gone', name: 'x' }, NAMES)?.text).toBe(
      'Renamed gone to "x".',
    );
  });

  it('names each setting that changes, with its old and its new value', () => {
    const { retention } = SETTINGS;
    expect(describeChange('updateSettings', { admit: 'open', port: 7411 }, NAMES)?.text).toBe(
      'Changed the settings: approval of new devices, from ask to open.',
    );
    expect(
      describeChange('updateSettings', { shareUi: true, retention: { ...retention, rawDays: 3 } }, NAMES)
        ?.text,
    ).toBe(
      'Changed the settings: opening the UI from other machines, from off to on; ' +
        'how long history is kept, from 7, 90 and 1826 days within 5.00\u00a0GiB to 3, 90 and 1826 days within 5.00\u00a0GiB.',
    );
    expect(describeChange('updateSettings', { theme: 'system', retention }, NAMES)).toBeNull();
  });

  it('names tokens, boards, connections and links', () => {
    const texts = [
      describeChange('revokeJoinToken', { token: 't1' }, NAMES),
      describeChange('deleteBoard', { board: 'b1', revision: null }, NAMES),
      describeChange('closeSession', { session: 's1' }, NAMES),
      describeChange('createUiLink', { role: 'viewer' }, NAMES),
    ].map((change) => change?.text);
    expect(texts).toEqual([
      'Revoked the join token "garage".',
      'Deleted the board "Kitchen".',
      'Closed the connection of nas.',
      'Created a link that opens the UI as viewer.',
    ]);
  });

  it('is nothing for commands that only look', () => {
    for (const name of COMMAND_NAMES.filter((one) => COMMANDS[one].role === 'viewer')) {
      expect(describeChange(name, {} as never, NAMES)).toBeNull();
    }
  });
});
