import { contextBridge, ipcRenderer } from 'electron';
import { createHubClient } from '@shared/bridge/client';
import { passFaults } from '@shared/bridge/isolation';
import { createIpcLink } from './ipc-link';

// The page gets the hub's contract and nothing of Electron.
contextBridge.exposeInMainWorld('wirewatch', passFaults(createHubClient(createIpcLink(ipcRenderer))));
