import { InvalidArgumentError } from 'commander';
import { DEFAULT_LIMITS, LIMIT_NAMES, type Limits } from '@shared/protocol/limits';
import { parseNetwork } from '../hub/bounds/trusted-proxies';

/** Parsers of command-line values. Each returns the value or throws commander's error with one clear sentence. */

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  }
  return port;
}

export function parseCount(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!/^\d{1,7}$/.test(text) || count < 1 || count > max) {
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${max}.`);
    }
    return count;
  };
}

/** Parses `name=value`, repeatable; each value is a whole number of at least 1. */
export function parseLimit(text: string, before: Partial<Limits> = {}): Partial<Limits> {
  const [name = '', value, ...rest] = text.split('=');
  if (value === undefined || rest.length > 0) {
    throw new InvalidArgumentError('It must look like name=value, e.g. sessions=500.');
  }
  if (!isLimitName(name)) {
    throw new InvalidArgumentError(`Unknown limit. The limits are ${LIMIT_NAMES.join(', ')}.`);
  }
  const number = Number(value);
  if (!/^\d{1,15}$/.test(value) || number < 1) {
    throw new InvalidArgumentError(`The value of ${name} must be a whole number of at least 1.`);
  }
  return { ...before, [name]: number };
}

function isLimitName(name: string): name is keyof Limits {
  return Object.hasOwn(DEFAULT_LIMITS, name);
}

export function parseHostName(value: string, before: string[] = []): string[] {
  if (!/^[A-Za-z0-9._-]+$/.test(value)) {
    throw new InvalidArgumentError('It must be a host name without scheme or port, e.g. watch.example.');
  }
  return [...before, value];
}

export function parseOrigin(value: string, before: string[] = []): string[] {
  if (!URL.canParse(value) || new URL(value).origin !== value.replace(/\/$/, '').toLowerCase()) {
    throw new InvalidArgumentError('It must be an origin such as https://panel.example.');
  }
  return [...before, value];
}

/** Parses addresses and networks, separated by commas; repeatable. */
export function parseNetworks(value: string, before: string[] = []): string[] {
  const networks = value.split(',').map((network) => network.trim());
  if (networks.some((network) => parseNetwork(network) === null)) {
    throw new InvalidArgumentError('It must be an address or a network, e.g. 127.0.0.1 or 10.0.0.0/8.');
  }
  return [...before, ...networks];
}

/** Parses a token, which must fit in a header, as printable ASCII without spaces, and be too long to guess. */
export function parseUiToken(value: string): string {
  if (!/^[\x21-\x7e]{16,256}$/.test(value)) {
    throw new InvalidArgumentError(
      'It must be 16 to 256 printable ASCII characters without spaces, e.g. from: openssl rand -hex 16.',
    );
  }
  return value;
}
