import { describe, expect, it } from 'vitest';
import {
  COMMANDS,
  TOPICS,
  VIEWER_COMMANDS,
  type CommandArguments,
  type HubCommandName,
} from '@shared/hub-api';
import { admissionCommands } from '@shared/hub-api/admission';
import { auditCommands } from '@shared/hub-api/audit';
import { backupCommands } from '@shared/hub-api/backup';
import { boardCommands, boardTopics } from '@shared/hub-api/boards';
import { browserCommands } from '@shared/hub-api/browsers';
import { adminCommand, viewerCommand } from '@shared/hub-api/command';
import { deviceCommands, deviceTopics } from '@shared/hub-api/devices';
import { eventCommands, eventTopics } from '@shared/hub-api/events';
import { historyCommands } from '@shared/hub-api/history';
import { hubCommands, hubTopics } from '@shared/hub-api/hub';
import { nothing } from '@shared/hub-api/schemas';
import { seriesCommands } from '@shared/hub-api/series';
import { sessionCommands, sessionTopics } from '@shared/hub-api/sessions';
import { settingsCommands, settingsTopics } from '@shared/hub-api/settings';
import type { CommandHandlers, HubHandlers, OuterHandlers } from './command-handlers';
import type { TopicSources } from './topics';

/*
 * The compiler is the test here: `tsc` fails when a line marked `@ts-expect-error` compiles. Nothing of it has to run.
 */
declare const allButGetHub: Omit<HubHandlers, 'getHub'>;
declare const allButRevokeBrowser: Omit<OuterHandlers, 'revokeBrowser'>;
declare const allButFrames: Omit<TopicSources, 'frames'>;

describe('the handlers', () => {
  it('do not compile when a command of the contract has none', () => {
    const check = (): unknown[] => {
      // @ts-expect-error `getHub` is in the contract and has no handler.
      const hub: HubHandlers = allButGetHub;
      // @ts-expect-error `revokeBrowser` belongs to the outer layer, which has to carry out all of its commands.
      const outer: OuterHandlers = allButRevokeBrowser;
      // @ts-expect-error `frames` is a topic and has no source.
      const topics: TopicSources = allButFrames;
      return [hub, outer, topics];
    };
    expect(check).toBeTypeOf('function');
  });

  it('do not compile when one answers with something else, or reads what its command does not take', () => {
    const wrongAnswer: CommandHandlers<'pingSession'> = {
      // @ts-expect-error The round trip is a number.
      pingSession: () => ({ rttMs: 'fast' }),
    };
    const wrongParameter = (params: CommandArguments<'renameDevice'>): boolean =>
      // @ts-expect-error The command has no such parameter.
      typeof params.nickname === 'string';
    const noSuchCommand = (): HubCommandName =>
      // @ts-expect-error There is no such command.
      'approveDevise';
    expect([wrongAnswer, wrongParameter, noSuchCommand]).toHaveLength(3);
  });
});

describe('the contract', () => {
  it('has each command and each topic in one area only', () => {
    const commands = [
      hubCommands,
      settingsCommands,
      deviceCommands,
      admissionCommands,
      seriesCommands,
      historyCommands,
      eventCommands,
      sessionCommands,
      boardCommands,
      auditCommands,
      backupCommands,
      browserCommands,
    ].flatMap((area) => Object.keys(area));
    expect(commands.toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
    const topics = [hubTopics, settingsTopics, deviceTopics, sessionTopics, eventTopics, boardTopics].flatMap(
      (area) => Object.keys(area),
    );
    expect(topics.toSorted()).toEqual(Object.keys(TOPICS).toSorted());
  });

  it('says with each command who may call it', () => {
    expect(viewerCommand(nothing).returns<null>().role).toBe('viewer');
    expect(adminCommand(nothing).returns<null>().role).toBe('admin');
    expect([...VIEWER_COMMANDS].toSorted()).toEqual([
      'getBoard',
      'getCaller',
      'getExtent',
      'getHub',
      'getRefused',
      'getSession',
      'getSettings',
      'getStorage',
      'listBoards',
      'listConnectionSpans',
      'listDevices',
      'listEvents',
      'listRefusals',
      'listSeries',
      'listStates',
      'listVitals',
      'pingSession',
      'query',
      'resolveSeries',
      'searchSeries',
    ]);
  });
});
