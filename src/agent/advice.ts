/** What the user can do about an error of the hub, by its code; null where nothing helps but waiting. */
export function adviceFor(code: string): string | null {
  switch (code) {
    case 'KEY_NEEDED':
    case 'WRONG_KEY':
      return "if this is the device itself, and its key was lost: revoke its key in Wirewatch (the device's menu), then approve it again";
    case 'TOKEN_NEEDED':
      return 'make a join token in Wirewatch under Settings and start with WIREWATCH_TOKEN=… or --token';
    case 'WRONG_TOKEN':
    case 'TOKEN_EXPIRED':
    case 'TOKEN_USED_UP':
      return 'make a new join token in Wirewatch under Settings, or start without --token and approve this device there';
    case 'OTHER_ADDRESS':
      return 'approve this device in Wirewatch at its new address';
    default:
      return null;
  }
}
