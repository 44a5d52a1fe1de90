import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addServerOptions, type ServerOptions } from './server-options';

function parse(...args: string[]): ServerOptions {
  const command = addServerOptions(new Command()).exitOverride();
  command.configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts<ServerOptions>();
}

describe('how much a hub logs', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is what its option says, else what the environment says, else warnings', () => {
    expect(parse().logLevel).toBe('warn');
    vi.stubEnv('WIREWATCH_LOG_LEVEL', 'debug');
    expect(parse().logLevel).toBe('debug');
    expect(parse('--log-level', 'error').logLevel).toBe('error');
  });

  it('is refused when it is no level, wherever it comes from', () => {
    expect(() => parse('--log-level', 'loud')).toThrow('Allowed choices are debug, info');
    vi.stubEnv('WIREWATCH_LOG_LEVEL', 'loud');
    expect(() => parse()).toThrow('WIREWATCH_LOG_LEVEL');
  });
});

describe('the proxies to trust', () => {
  it('are addresses and networks, in lists and repeated', () => {
    const { trustProxy } = parse('--trust-proxy', '127.0.0.1, 10.0.0.0/8', '--trust-proxy', 'fd00::/8');
    expect(trustProxy).toEqual(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);
    expect(parse().trustProxy).toBeUndefined();
  });

  it.each(['proxy.lan', '10.0.0.0/33', '10.0.0.1,', ''])('are refused when they are none: %j', (text) => {
    expect(() => parse('--trust-proxy', text)).toThrow('an address or a network');
  });
});
