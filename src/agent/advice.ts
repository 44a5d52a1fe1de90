/** What the user can do about an error from the hub, by its code; null if only waiting helps. */
export function adviceFor(code: string): string | null {
  switch (code) {
    case 'KEY_NEEDED':
    case 'WRONG_KEY':
      return "if this device has lost its key: revoke the key in Wirewatch (in the device's menu), then approve the device again";
    case 'TOKEN_NEEDED':
      return 'create a join token in Wirewatch under Settings and start the agent with WIREWATCH_TOKEN=… or --token';
    case 'WRONG_TOKEN':
    case 'TOKEN_EXPIRED':
    case 'TOKEN_USED_UP':
      return 'create a new join token in Wirewatch under Settings, or start without --token and approve this device there';
    case 'OTHER_ADDRESS':
      return 'approve this device in Wirewatch at its new address';
    case 'DUPLICATE_DEVICE':
      return 'if this machine is the copy: stop the agent, delete its data folder (--data-dir) and start it again, so that it becomes a device of its own';
    default:
      return null;
  }
}
