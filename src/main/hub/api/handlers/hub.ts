import type { hubCommands } from '@shared/hub-api/hub';
import type { HubInfo } from '@shared/model';
import type { RefusedCounter } from '../../bounds/refused-counter';
import type { CommandHandlers } from '../command-handlers';

export interface HubHandlersContext {
  refused: RefusedCounter;
  info: () => HubInfo;
}

export function createHubHandlers(context: HubHandlersContext): CommandHandlers<keyof typeof hubCommands> {
  return {
    getHub: () => context.info(),
    getRefused: () => context.refused.all(),
    listRefusals: ({ code }) => context.refused.latest(code),
    getCaller: (_, { role, from }) => ({ role, from }),
  };
}
