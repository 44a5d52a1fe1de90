import { contextBridge, ipcRenderer } from 'electron';
import { createIpcLink } from './ipc-link';

// The page gets the link that carries the hub's contract, and nothing of Electron. It makes the HubApi of it on
// its own side, as it does in a browser: what crosses here is plain data, where an Error would lose its code.
contextBridge.exposeInMainWorld('wirewatch', createIpcLink(ipcRenderer));
