import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '@shared/logger';
import { temporaryFolder } from '../testing/test-support';
import { KnownHubs } from './known-hubs';

const keyOf = (letter: string): string => letter.repeat(43);
const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');
const DAY_MS = 86_400_000;

function seen(letter: string, host: string, more: { name?: string | null; found?: boolean } = {}) {
  return { keyId: keyOf(letter), host, fingerprint: FINGERPRINT, name: null, found: true, ...more };
}

describe('the list of known hubs', () => {
  it('keeps a hub by its key when another one has taken its only address', () => {
    const folder = temporaryFolder();
    const known = new KnownHubs(folder, silentLogger);
    known.met(seen('a', 'nas:7411'), 1);
    known.met(seen('b', 'nas:7411'), 2);
    for (const list of [known, new KnownHubs(folder, silentLogger)]) {
      expect(list.problem).toBeNull();
      expect(list.byHost('nas:7411')?.keyId).toBe(keyOf('b'));
      expect(list.byKey(keyOf('a'))).toMatchObject({ hosts: [], found: true });
    }
  });

  it('keeps the name that a hub had first, because anybody can announce another', () => {
    const known = new KnownHubs(null, silentLogger);
    known.met(seen('a', 'nas:7411', { name: 'nas' }), 1);
    known.met(seen('a', 'nas:7411', { name: 'router' }), 2);
    expect(known.byKey(keyOf('a'))?.name).toBe('nas');
  });

  it('is written only when something has changed, or once a day', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'hubs.json');
    const known = new KnownHubs(folder, silentLogger);
    known.met(seen('a', 'nas:7411'), 0);
    const { ino } = statSync(path);
    for (let i = 1; i < 1_000; i++) known.met(seen('a', 'nas:7411'), i);
    // Each write makes a new file.
    expect(statSync(path).ino).toBe(ino);
    known.met(seen('a', 'nas:7411'), 2 * DAY_MS);
    expect(readFileSync(path, 'utf8')).toContain(`"lastSeenAt": ${2 * DAY_MS}`);
    known.met(seen('a', 'nas:7412'), 2 * DAY_MS + 1);
    expect(readFileSync(path, 'utf8')).toContain('nas:7412');
  });
});
