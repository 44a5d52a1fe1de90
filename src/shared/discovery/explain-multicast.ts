/** Why multicast DNS cannot be used, as the end of a sentence for people. */
export function explainMulticast(error: Error): string {
  switch ('code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
    case 'EACCES':
      return 'another program keeps port 5353 of multicast DNS to itself';
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'ENODEV':
    case 'EADDRNOTAVAIL':
      return 'the network takes no multicast';
    case 'EPERM':
      return 'a firewall blocks multicast';
    default:
      return error.message;
  }
}
