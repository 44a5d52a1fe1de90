import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createHostPolicy, hostName } from './host-policy';

const judge = createHostPolicy(['Watch.Example']);
const codeOf = (...hosts: string[]) => judge({ rawHeaders: hosts.flatMap((host) => ['Host', host]) })?.code;

describe('the host policy', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:7411',
    '127.0.0.1.',
    '192.168.1.20:80',
    '[::1]',
    '[::1]:7411',
    '[FE80::1]:7411',
    'localhost',
    'LOCALHOST:7411',
    'localhost.',
    hostname(),
    `${hostname().split('.')[0]}.local:7411`,
    'watch.example',
    'WATCH.example.:443',
  ])('answers to %s', (host) => {
    expect(codeOf(host)).toBeUndefined();
  });

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io',
    'localhost.evil.example',
    'evil.localhost',
    'watch.example.evil.example',
    'evilwatch.example',
    'watch.example..',
    '.',
    '',
    'user@127.0.0.1',
    '127.0.0.1@evil.example',
    '127.0.0.1/',
    '127.0.0.1:7411:80',
    '127.0.0.1:',
    '127.0.0.1:123456',
    '2130706433',
    '0x7f.1',
    '127.1',
    '::1',
    '[::1',
    '[127.0.0.1]',
    '[evil.example]',
    '[::1%25eth0]',
    'localhost,evil.example',
    'localhost evil.example',
    'lоcalhost',
    'null',
    'undefined',
    '__proto__',
  ])('does not answer to %j', (host) => {
    expect(codeOf(host)).toBe('HOST_NOT_ALLOWED');
  });

  it('wants exactly one, so that nobody checks another than is meant', () => {
    expect(codeOf()).toBe('BAD_HOST');
    expect(codeOf('127.0.0.1', 'evil.example')).toBe('BAD_HOST');
    expect(codeOf('127.0.0.1', '127.0.0.1')).toBe('BAD_HOST');
    expect(judge({ rawHeaders: ['hOsT', 'evil.example', 'X', 'Host'] })?.code).toBe('HOST_NOT_ALLOWED');
  });

  it('reads the name', () => {
    expect(hostName('[::1]:80')).toBe('::1');
    expect(hostName('Nas.Local.:7411')).toBe('nas.local');
    expect(hostName(undefined)).toBeNull();
  });
});

it('takes a name that was allowed with its last dot for the same name', () => {
  const policy = createHostPolicy(['Watch.Example.']);
  for (const host of ['watch.example', 'watch.example.:7411']) {
    expect(policy({ rawHeaders: ['Host', host] })).toBeNull();
  }
  expect(policy({ rawHeaders: ['Host', 'watch.example.evil'] })).not.toBeNull();
});
