import { spawnSync } from 'node:child_process';
import { globSync, writeFileSync } from 'node:fs';

/** Finds the library that gives a program another clock; installs Debian's package if it is missing. */
function findFaketime(): string | null {
  const find = () => globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0] ?? null;
  if (process.platform !== 'linux') return null;
  if (find() === null) spawnSync('apt-get', ['install', '-y', 'faketime'], { stdio: 'ignore' });
  return find();
}

export const FAKETIME = findFaketime();
export const WHY_FAKETIME =
  FAKETIME === null ? 'skipped: libfaketime is not there and cannot be installed' : 'libfaketime';

/** The environment of a program whose wall clock is off by what is in a file, and can be set while it runs. */
export function clockFrom(offsetFile: string): NodeJS.ProcessEnv {
  return {
    LD_PRELOAD: FAKETIME ?? '',
    FAKETIME_TIMESTAMP_FILE: offsetFile,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

/** Sets such a clock: `+2h`, `-10y`, `+0` for the true time. */
export function setClock(offsetFile: string, offset: string): void {
  writeFileSync(offsetFile, `${offset}\n`);
}
