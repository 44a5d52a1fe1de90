import { app } from 'electron';
import { resourceFile } from './app-files';

/** What the system's own About panel says; opened from the menu. */
export function setupAbout(): void {
  const { electron, chrome, node } = process.versions;
  app.setAboutPanelOptions({
    applicationName: 'Wirewatch',
    applicationVersion: app.getVersion(),
    copyright: 'MIT licence',
    credits: `Electron ${electron}, Chromium ${chrome}, Node.js ${node}`,
    iconPath: resourceFile('icon.png'),
  });
}
