import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { ROUTES } from './routes';
import type { MainWindow } from './window';

const isMac = process.platform === 'darwin';

/** The native menu. It leaves the keys that the UI handles (⌘K, Space, [ ]) to the UI. */
export function setupMenu(window: Pick<MainWindow, 'show'>): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(window)));
}

function menuTemplate(window: Pick<MainWindow, 'show'>): MenuItemConstructorOptions[] {
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: () => window.show(ROUTES.settings),
  };
  const addDevice: MenuItemConstructorOptions = {
    label: 'Add Device…',
    accelerator: 'CmdOrCtrl+N',
    click: () => window.show(ROUTES.addDevice),
  };
  const aboutLabel = 'About Wirewatch';
  const appMenu: MenuItemConstructorOptions = {
    label: app.name,
    submenu: [
      { role: 'about', label: aboutLabel },
      { type: 'separator' },
      settings,
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  };
  return [
    ...(isMac ? [appMenu] : []),
    {
      label: '&File',
      submenu: isMac
        ? [addDevice, { type: 'separator' }, { role: 'close' }]
        : [addDevice, settings, { type: 'separator' }, { role: 'quit' }],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    ...(isMac
      ? []
      : [
          {
            role: 'help' as const,
            submenu: [{ label: aboutLabel, click: () => app.showAboutPanel() }],
          },
        ]),
  ];
}
