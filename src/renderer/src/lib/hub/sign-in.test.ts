import { describe, expect, it } from 'vitest';
import { takeCredential } from './sign-in';

describe('takeCredential', () => {
  it.each([
    ['#code=abc', { code: 'abc' }, ''],
    ['#token=a%2Fb', { token: 'a/b' }, ''],
    ['#code=abc&x=1', { code: 'abc' }, '#x=1'],
    ['#/devices/nas?code=abc', { code: 'abc' }, '#/devices/nas'],
    ['#/devices/nas?range=5m&code=abc', { code: 'abc' }, '#/devices/nas?range=5m'],
    ['#/devices/nas?code=abc&range=5m', { code: 'abc' }, '#/devices/nas?range=5m'],
    ['#/devices/nas#code=abc', { code: 'abc' }, '#/devices/nas'],
    ['#/devices/nas&token=abc', { token: 'abc' }, '#/devices/nas'],
    ['#/devices/barcode=1', null, '#/devices/barcode=1'],
    ['#code=%E0%A4%A', { code: '%E0%A4%A' }, ''],
    ['', null, ''],
  ])('takes the credential out of %s and keeps the rest', (fragment, credential, rest) => {
    expect(takeCredential(fragment)).toEqual({ credential, fragment: rest });
  });
});
