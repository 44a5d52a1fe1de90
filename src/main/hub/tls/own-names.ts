import { hostname, networkInterfaces } from 'node:os';

/** The names and addresses of this machine for its certificate. */
export function ownNames(): string[] {
  const own = hostname().toLowerCase();
  const short = own.split('.')[0] ?? own;
  const names = [own, short, `${short}.local`, 'localhost'].filter((name) =>
    /^[a-z0-9.-]{1,253}$/.test(name),
  );
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    // A link-local address is meaningful only together with an interface.
    (list ?? []).map(({ address }) => address).filter((address) => !/^fe80:/i.test(address)),
  );
  return [...new Set([...names, '127.0.0.1', '::1', ...addresses])];
}
