/** The two IPC channels that carry the bridge in Electron, and its opening message. */
export const TO_HUB_CHANNEL = 'wirewatch:to-hub';
export const TO_UI_CHANNEL = 'wirewatch:to-ui';

/** The first thing a newly loaded page sends: the hub opens a connection for it and answers with `hello`. */
export const IPC_OPEN = { op: 'open' } as const;

/** Reports an error that the page did not catch, for the app's log. */
export interface PageFault {
  op: typeof PAGE_FAULT_OP;
  stack: string;
}
export const PAGE_FAULT_OP = 'page-fault';
