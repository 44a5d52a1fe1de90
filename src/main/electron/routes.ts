/** Hash routes of the UI that the shell opens. */
export const ROUTES = {
  settings: '#/settings',
  addDevice: '#/add',
} as const;
