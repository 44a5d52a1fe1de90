import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

/** Wrong and right imports of every layer, linted as if they stood in the project. */

let eslint: ESLint;

beforeAll(() => {
  eslint = new ESLint({
    cwd: process.cwd(),
    // The layer rule alone: snippets have no types to look up, and other rules have other opinions on them.
    ruleFilter: ({ ruleId }) => ruleId === 'wirewatch/layers',
    overrideConfig: { languageOptions: { parserOptions: { projectService: false, project: null } } },
  });
});

async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

const FORBIDDEN: [file: string, code: string][] = [
  ['src/shared/x.ts', `import { readFile } from 'node:fs';`],
  ['src/shared/x.ts', `import os from 'os';`],
  ['src/shared/x.ts', `import { Hub } from '../main/hub/hub-contract';`],
  ['src/shared/protocol/x.ts', `export * from '../../agent/agent';`],
  ['src/shared/x.ts', `import WebSocket from 'ws';`],
  ['src/shared/x.ts', `import { app } from 'electron';`],
  ['src/shared/x.test.ts', `import { readFile } from 'node:fs';`],
  ['src/main/hub/x.ts', `import { app } from 'electron';`],
  ['src/main/hub/history/x.ts', `import { StoreHarness } from './testing/harness';`],
  ['src/main/hub/x.ts', `const { app } = await import('electron');`],
  ['src/main/hub/x.ts', `const electron = require('electron');`],
  ['src/main/hub/x.ts', `import { bridge } from '../web/bridge';`],
  ['src/main/hub/x.ts', `import { agent } from '../../agent/agent';`],
  ['src/main/hub/x.ts', `import { startWirewatch } from '../runtime';`],
  ['src/main/hub/server/x.ts', `import type { Web } from '../../web/web';`],
  ['src/main/hub/x.ts', `import { Chart } from 'chart.js';`],
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
  ['src/renderer/src/x.ts', `import { readFile } from 'node:fs';`],
  ['src/renderer/src/x.ts', `import { ipcRenderer } from 'electron';`],
  ['src/renderer/src/x.ts', `import { Hub } from '../../main/hub/hub-contract';`],
  ['src/renderer/src/x.ts', `import { Chart } from 'chart.js';`],
  ['src/renderer/src/x.ts', `import 'chart.js/auto';`],
  ['src/renderer/src/x.ts', `import WebSocket from 'ws';`],
  ['src/renderer/src/views/X.svelte', `<script lang="ts">import { Chart } from 'chart.js';</script>`],
  ['src/renderer/src/views/X.svelte', `<script lang="ts">import { readFile } from 'node:fs';</script>`],
  ['src/agent/x.ts', `import { DatabaseSync } from 'node:sqlite';`],
  ['src/agent/x.ts', `import { createHub } from '../main/hub/hub';`],
  ['src/files/x.ts', `import type { Labels } from '@shared/model';`],
  ['src/shared/x.ts', `import { makeFolders } from '../files/make-folders';`],
  ['src/renderer/src/x.ts', `import { makeFolders } from '../../files/make-folders';`],
  ['src/agent/x.ts', `type App = import('electron').App;`],
];

const ALLOWED: [file: string, code: string][] = [
  ['src/shared/x.ts', `import * as v from 'valibot';`],
  ['src/shared/protocol/x.ts', `import type { Labels } from '../model';`],
  ['src/shared/x.test.ts', `import { it } from 'vitest';`],
  ['src/main/hub/x.ts', `import { createServer } from 'node:http';`],
  [
    'src/main/hub/history/testing/x.ts',
    `import { buildPrograms } from '../../../../../tests/fakes/build-programs';`,
  ],
  ['src/main/hub/history/x.test.ts', `import { StoreHarness } from './testing/harness';`],
  ['src/main/hub/x.ts', `import type { Labels } from '@shared/model';`],
  ['src/main/hub/x.ts', `import { WebSocketServer } from 'ws';`],
  ['src/main/web/x.ts', `import type { Hub } from '../hub/hub-contract';`],
  ['src/main/cli.ts', `import { Command } from 'commander';`],
  ['src/main/runtime.ts', `import { startAgent } from '../agent/agent';`],
  ['src/main/electron/x.ts', `import { app } from 'electron';`],
  ['src/main/index.ts', `import { startWirewatch } from './runtime';`],
  ['src/main/electron/x.test.ts', `import { fakeElectron } from '../../../tests/fakes/electron';`],
  ['src/preload/x.ts', `import { ipcRenderer } from 'electron';`],
  ['src/renderer/src/x.ts', `import type { HubApi } from '@shared/hub-api';`],
  ['src/renderer/src/views/X.svelte', `<script lang="ts">import { Plus } from '@lucide/svelte';</script>`],
  ['src/renderer/src/lib/charts/x.ts', `import { Chart } from 'chart.js';`],
  ['src/files/x.ts', `import { mkdirSync } from 'node:fs';`],
  ['src/main/hub/x.ts', `import { makeFolders } from '../../files/make-folders';`],
  ['src/agent/x.ts', `import { makeFolders } from '../files/make-folders';`],
  ['src/agent/x.ts', `import { readFile } from 'node:fs';`],
  ['src/agent/x.ts', `import si from 'systeminformation';`],
];

describe('the layers', () => {
  it.each(FORBIDDEN)('%s may not say: %s', async (file, code) => {
    expect(await complaints(file, code)).toEqual(['wirewatch/layers']);
  });

  it.each(ALLOWED)('%s may say: %s', async (file, code) => {
    expect(await complaints(file, code)).toEqual([]);
  });
});
