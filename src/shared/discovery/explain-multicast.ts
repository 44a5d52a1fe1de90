/** Explains why multicast DNS cannot be used, as the second half of a sentence. */
export function explainMulticast(error: Error): string {
  switch ('code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
    case 'EACCES':
      return 'another program has exclusive use of the multicast DNS port 5353';
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'ENODEV':
    case 'EADDRNOTAVAIL':
      return 'the network does not support multicast';
    case 'EPERM':
      return 'a firewall blocks multicast';
    default:
      return error.message;
  }
}
