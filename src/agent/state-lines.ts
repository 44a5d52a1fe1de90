import { formatDuration } from '@shared/metrics/units';
import { CLOSE } from '@shared/protocol/close-codes';
import type { AgentState } from './agent';

/** A state as one line for people, without the time; null for what is not worth a line. */
export function stateLine(state: AgentState, before: AgentState | null): string | null {
  switch (state.state) {
    case 'connecting':
      // Each attempt is told by how it ends.
      return before === null ? `connecting to ${state.url}` : null;
    case 'online':
      if (before?.state === 'online') return `sampling every ${formatDuration(state.intervalMs)}`;
      return `connected to ${state.url} as ${state.name} (approved)`;
    case 'pending': {
      const compare = state.code === null ? '' : `, code ${state.code}`;
      return `connected to ${state.url} as ${state.name}; waiting for approval in the app${compare}`;
    }
    case 'rejected':
      return `the hub's user rejected ${state.name}; trying again later in case that changes`;
    case 'waiting': {
      const retry = `trying again in ${formatDuration(Math.ceil(state.retryInMs / 1_000) * 1_000)}`;
      if (state.code === CLOSE.superseded) {
        return `another connection took over this device; ${retry}`;
      }
      if (state.code === CLOSE.removed) return `the device was removed in the app; ${retry}`;
      return state.lost
        ? `lost the hub (${state.reason}), ${retry}`
        : `cannot reach the hub (${state.reason}), ${retry}`;
    }
    case 'stopped':
      return 'stopped';
  }
}
