import { contextBridge, ipcRenderer } from 'electron';
import { createIpcLink } from './ipc-link';

// Gives the page only the link that carries the hub's contract, and nothing of Electron. The page builds its HubApi
// from the link, as it does in a browser. Only plain data crosses this bridge, because an Error would lose its code.
contextBridge.exposeInMainWorld('wirewatch', createIpcLink(ipcRenderer));
