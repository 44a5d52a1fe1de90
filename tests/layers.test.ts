import { ESLint, type Linter } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOM_TREES } from '../scripts/lint/room-table.mjs';

/** Wrong and right imports of every layer, linted as if they stood in the project. */

let eslint: ESLint;

beforeAll(async () => {
  eslint = new ESLint({
    cwd: process.cwd(),
    // The layer rule alone: snippets have no types to look up, and other rules have other opinions on them.
    ruleFilter: ({ ruleId }) => ruleId === 'wirewatch/layers',
    overrideConfig: { languageOptions: { parserOptions: { projectService: false, project: null } } },
  });
  // The first file loads every parser and plugin, which takes a busy machine longer than a test may.
  await lint('src/shared/x.ts', '');
}, 120_000);

async function complaints(filePath: string, code: string): Promise<string[]> {
  return (await lint(filePath, code)).map((message) => message.ruleId ?? message.message);
}

async function lint(filePath: string, code: string): Promise<Linter.LintMessage[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result?.messages ?? [];
}

const FORBIDDEN: [file: string, code: string][] = [
  ['src/shared/x.ts', `import { readFile } from 'node:fs';`],
  ['src/shared/x.ts', `import os from 'os';`],
  ['src/shared/x.ts', `import { Hub } from '../main/hub/hub-contract';`],
  ['src/shared/protocol/x.ts', `export * from '../../agent/agent';`],
  ['src/shared/x.ts', `import WebSocket from 'ws';`],
  ['src/shared/x.ts', `import { app } from 'electron';`],
  ['src/shared/x.test.ts', `import { readFile } from 'node:fs';`],
  ['src/main/hub/hub.ts', `import { app } from 'electron';`],
  ['src/main/hub/history/x.ts', `import { StoreHarness } from './testing/harness';`],
  ['src/main/hub/hub.ts', `const { app } = await import('electron');`],
  ['src/main/hub/hub.ts', `const electron = require('electron');`],
  ['src/main/hub/hub.ts', `import { bridge } from '../web/bridge';`],
  ['src/main/hub/hub.ts', `import { agent } from '../../agent/agent';`],
  ['src/main/hub/hub.ts', `import { startWirewatch } from '../runtime';`],
  ['src/main/hub/port/x.ts', `import type { Web } from '../../web/web';`],
  ['src/main/hub/hub.ts', `import { Chart } from 'chart.js';`],
  ['src/main/web/x.ts', `import { startAgent } from '../../agent/agent';`],
  ['src/main/web/x.ts', `import { setupIpc } from '../electron/ipc';`],
  ['src/main/web/x.ts', `import { mount } from 'svelte';`],
  ['src/main/cli.ts', `import { app } from 'electron';`],
  ['src/main/cli.ts', `import { setupIpc } from './electron/ipc';`],
  ['src/main/runtime.ts', `import './index';`],
  ['src/main/electron/x.ts', `import App from '../../renderer/src/App.svelte';`],
  ['src/preload/x.ts', `import { readFile } from 'node:fs';`],
  ['src/preload/x.ts', `import { Hub } from '../main/hub/hub-contract';`],
  ['src/preload/x.ts', `import * as v from 'valibot';`],
  ['src/renderer/src/lib/hub/x.ts', `import { readFile } from 'node:fs';`],
  ['src/renderer/src/lib/hub/x.ts', `import { ipcRenderer } from 'electron';`],
  ['src/renderer/src/lib/hub/x.ts', `import { Hub } from '../../../../main/hub/hub-contract';`],
  ['src/renderer/src/lib/hub/x.ts', `import { Chart } from 'chart.js';`],
  ['src/renderer/src/lib/hub/x.ts', `import 'chart.js/auto';`],
  ['src/renderer/src/lib/hub/x.ts', `import WebSocket from 'ws';`],
  ['src/renderer/src/views/X.svelte', `<script lang="ts">import { Chart } from 'chart.js';</script>`],
  ['src/renderer/src/views/X.svelte', `<script lang="ts">import { readFile } from 'node:fs';</script>`],
  ['src/agent/x.ts', `import { DatabaseSync } from 'node:sqlite';`],
  ['src/agent/x.ts', `import { createHub } from '../main/hub/hub';`],
  ['src/files/x.ts', `import { agent } from '../agent/agent';`],
  ['src/files/x.ts', `import { createHub } from '../main/hub/hub';`],
  ['src/shared/x.ts', `import { makeFolders } from '../files/make-folders';`],
  ['src/renderer/src/lib/hub/x.ts', `import { makeFolders } from '../../../../files/make-folders';`],
  ['src/agent/x.ts', `type App = import('electron').App;`],
  ['src/main/hub/hub.ts', `import { expect } from 'vitest';`],
  ['src/main/hub/hub.ts', `import fc from 'fast-check';`],
  ['src/main/hub/hub.ts', `import type { Page } from '@playwright/test';`],
  ['src/main/hub/hub.ts', `import uPlot from 'uplot';`],
  ['src/main/hub/hub.ts', `const { x } = await import(\`./x.test\`);`],
  ['src/main/hub/hub.ts', `import { LAN } from '../../../tests/fakes/lan';`],
  ['src/main/web/x.ts', `export { it } from 'vitest';`],
  ['src/main/cli.ts', `type It = typeof import('vitest').it;`],
  ['src/main/electron/x.ts', `import { it } from 'vitest';`],
  ['src/agent/x.ts', `import { vi } from 'vitest';`],
  ['src/agent/x.ts', `import { TestHub } from './testing/test-hub';`],
  ['src/agent/spool/x.ts', `export * from '../testing/test-support';`],
  ['src/agent/x.ts', `import { lan } from '../../tests/fakes/lan';`],
];

const ALLOWED: [file: string, code: string][] = [
  ['src/shared/x.ts', `import * as v from 'valibot';`],
  ['src/shared/protocol/x.ts', `import type { Labels } from '../model';`],
  ['src/shared/x.test.ts', `import { it } from 'vitest';`],
  ['src/main/hub/hub.ts', `import { createServer } from 'node:http';`],
  [
    'src/main/hub/history/testing/x.ts',
    `import { buildPrograms } from '../../../../../tests/fakes/build-programs';`,
  ],
  ['src/main/hub/history/x.test.ts', `import { StoreHarness } from './testing/harness';`],
  ['src/main/hub/hub.ts', `import type { Labels } from '@shared/model';`],
  ['src/main/hub/hub.ts', `import { WebSocketServer } from 'ws';`],
  ['src/main/web/x.ts', `import type { Hub } from '../hub/hub-contract';`],
  ['src/main/cli.ts', `import { Command } from 'commander';`],
  ['src/main/runtime.ts', `import { startAgent } from '../agent/agent';`],
  ['src/main/electron/x.ts', `import { app } from 'electron';`],
  ['src/main/index.ts', `import { startWirewatch } from './runtime';`],
  ['src/main/electron/x.test.ts', `import { fakeElectron } from '../../../tests/fakes/electron';`],
  ['src/preload/x.ts', `import { ipcRenderer } from 'electron';`],
  ['src/renderer/src/lib/hub/x.ts', `import type { HubApi } from '@shared/hub-api';`],
  ['src/renderer/src/views/X.svelte', `<script lang="ts">import { Plus } from '@lucide/svelte';</script>`],
  ['src/renderer/src/lib/charts/live/x.ts', `import { Chart } from 'chart.js';`],
  ['src/files/x.ts', `import { mkdirSync } from 'node:fs';`],
  ['src/files/x.ts', `import { succeed } from '@shared/errors';`],
  ['src/main/hub/hub.ts', `import { makeFolders } from '../../files/make-folders';`],
  ['src/agent/x.ts', `import { makeFolders } from '../files/make-folders';`],
  ['src/agent/x.ts', `import { readFile } from 'node:fs';`],
  ['src/agent/x.ts', `import si from 'systeminformation';`],
];

/** Imports between rooms of one tree, and files that have no room. */
const WALLS: [file: string, code: string, message: string][] = [
  [
    'src/main/hub/live/x.ts',
    `import { HubServer } from '../port/hub-server';`,
    'The room live may not import from port.',
  ],
  [
    'src/main/hub/series/x.ts',
    `import type { Handlers } from '../api/command-handlers';`,
    'The room series may not import from api.',
  ],
  [
    'src/main/hub/store/x.ts',
    `import type { History } from '../history/history';`,
    'The room store may not import from history.',
  ],
  [
    'src/main/hub/history/x.ts',
    `import type { Engine } from '../store/engine';`,
    'The room history may not import from store.',
  ],
  ['src/main/hub/attic/x.ts', '', 'src/main/hub/attic is missing in scripts/lint/room-table.mjs.'],
  [
    'src/renderer/src/lib/components/x.ts',
    `import { changeSettings } from '../../views/settings/change-settings';`,
    'The room lib may not import from views.',
  ],
  [
    'src/renderer/src/lib/components/X.svelte',
    `<script lang="ts">import type { Facts } from '../../views/device/facts';</script>`,
    'The room lib may not import from views.',
  ],
  [
    'src/renderer/src/lib/hub/x.ts',
    `export type { Facts } from '../../views/device/facts';`,
    'The room lib may not import from views.',
  ],
  [
    'src/renderer/src/lib/hub/x.ts',
    `const facts = await import('../../views/device/facts');`,
    'The room lib may not import from views.',
  ],
  [
    'src/renderer/src/views/device/X.svelte',
    `<script lang="ts">import Shell from '../../Shell.svelte';</script>`,
    'The room views may not import from Shell.svelte.',
  ],
  [
    'src/renderer/src/lib/components/X.svelte',
    `<script lang="ts">import type { HubState } from '../hub/hub-state.svelte';</script>`,
    'The room components may not import from hub.',
  ],
  [
    'src/renderer/src/lib/trust/x.ts',
    `import { ui } from '../navigation/ui.svelte';`,
    'The room trust may not import from navigation.',
  ],
  [
    'src/renderer/src/lib/charts/raster/x.ts',
    `import { Scene } from '../scene/scene';`,
    'The room raster may not import from scene.',
  ],
  [
    'src/renderer/src/lib/charts/axes/x.ts',
    `import type { TimeNavigation } from '../../time-view/time-navigation.svelte';`,
    'The room charts may not import from time-view.',
  ],
  [
    'src/renderer/src/lib/charts/x.ts',
    '',
    'src/renderer/src/lib/charts/x.ts is missing in scripts/lint/room-table.mjs.',
  ],
  ['src/renderer/src/attic/x.ts', '', 'src/renderer/src/attic is missing in scripts/lint/room-table.mjs.'],
  ['src/renderer/src/loose.ts', '', 'src/renderer/src/loose.ts is missing in scripts/lint/room-table.mjs.'],
];

const DOORS: [file: string, code: string][] = [
  ['src/renderer/src/views/device/x.ts', `import { ui } from '../../lib/navigation/ui.svelte';`],
  ['src/renderer/src/views/device/x.ts', `import { changeSettings } from '../settings/change-settings';`],
  ['src/renderer/src/main.ts', `import App from './App.svelte';`],
  [
    'src/renderer/src/lib/hub/x.test.ts',
    `import { changeSettings } from '../../views/settings/change-settings';`,
  ],
];

describe('the layers', () => {
  it.each(FORBIDDEN)('%s may not say: %s', async (file, code) => {
    expect(await complaints(file, code)).toEqual(['wirewatch/layers']);
  });

  it.each(ALLOWED)('%s may say: %s', async (file, code) => {
    expect(await complaints(file, code)).toEqual([]);
  });
});

describe('the rooms', () => {
  it.each(WALLS)('%s may not say: %s', async (file, code, message) => {
    expect((await lint(file, code)).map((found) => found.message)).toEqual([message]);
  });

  it.each(DOORS)('%s may say: %s', async (file, code) => {
    expect(await complaints(file, code)).toEqual([]);
  });

  it.each(ROOM_TREES)('below $prefix form no cycle: each names only rooms listed above it', ({ rooms }) => {
    const names = Object.keys(rooms);
    for (const [room, open] of Object.entries(rooms)) {
      for (const above of open) {
        if (above === '*') expect(names.at(-1), `${room} opens every room`).toBe(room);
        else expect(names.slice(0, names.indexOf(room)), `${room} opens ${above}`).toContain(above);
      }
    }
  });
});
