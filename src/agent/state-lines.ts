import { groupCode } from '@shared/group-code';
import { formatDuration } from '@shared/metrics/units';
import { CLOSE } from '@shared/protocol/close-codes';
import type { AgentState } from './agent';

/** A state as one line for people, without the time; null if it is not worth a line. */
export function stateLine(state: AgentState, before: AgentState | null): string | null {
  switch (state.state) {
    case 'connecting':
      // Later attempts are reported only when they end.
      return before === null ? `connecting to ${state.url}` : null;
    case 'online':
      if (before?.state === 'online') return `sampling every ${formatDuration(state.intervalMs)}`;
      return `connected to ${state.url} as ${state.name} (approved)`;
    case 'pending': {
      const isNews = before?.state !== 'pending' || before.session !== state.session;
      const { code } = state;
      if (!isNews && before.code === code && before.mismatch === state.mismatch) return null;
      const waits = `connected to ${state.url} as ${state.name}; waiting for approval in the app`;
      if (code === null) return waits;
      if (state.mismatch)
        return `DO NOT APPROVE ${state.name}: the hub shows a different code than ${groupCode(code)}`;
      const compare = `Compare ${groupCode(code)} with Wirewatch, then approve ${state.name} there`;
      return isNews ? `${waits}. ${compare}` : compare;
    }
    case 'rejected':
      // The hub closes the connection next, and the line about that is enough.
      return null;
    case 'waiting': {
      const retry = `trying again in ${formatDuration(Math.ceil(state.retryInMs / 1_000) * 1_000)}`;
      if (state.code === CLOSE.superseded) {
        return `another connection took over this device (${state.reason}); ${retry}`;
      }
      if (before?.state === 'rejected') return `${before.name} was rejected in the app; ${retry}`;
      if (state.code === CLOSE.removed) return `the device was removed in the app; ${retry}`;
      if (state.code === CLOSE.unauthorised) return `the hub does not admit this device; ${retry}`;
      return state.lost
        ? `lost the hub (${state.reason}), ${retry}`
        : `cannot reach the hub (${state.reason}), ${retry}`;
    }
    case 'stopped':
      return 'stopped';
  }
}
