import { app } from 'electron';
import { resourceFile } from './app-files';

/** The contents of the system's About panel, which the menu opens. */
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
