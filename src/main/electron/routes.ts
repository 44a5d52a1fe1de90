/** Hash routes of the UI that the shell leads to. */
export const ROUTES = {
  settings: '#/settings',
  addDevice: '#/add',
} as const;
