import { expect, it } from 'vitest';
import { isHostTree, SYSTEM_ROOTS, systemRoots } from './collector';

it('the environment names other roots, as for gopsutil and Telegraf', () => {
  expect(systemRoots({})).toEqual({ ...SYSTEM_ROOTS, hostRoot: undefined });
  const roots = systemRoots({
    HOST_PROC: '/h/proc',
    HOST_SYS: '/h/sys',
    HOST_ETC: '/h/etc',
    HOST_ROOT: '/h',
  });
  expect(roots).toEqual({ proc: '/h/proc', sys: '/h/sys', etc: '/h/etc', hostRoot: '/h' });
  expect(systemRoots({ HOST_PROC: '', HOST_MOUNT_PREFIX: '/h' })).toEqual({
    ...SYSTEM_ROOTS,
    hostRoot: '/h',
  });
  expect([isHostTree(roots), isHostTree(SYSTEM_ROOTS)]).toEqual([true, false]);
});
