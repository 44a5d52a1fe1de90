import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fixtureRoots, temporaryFolder, writeTree } from '../../testing/test-support';
import { newSlots, readOnce, valuesOf } from '../../testing/collector-support';
import { FileSystemSpace, parseStat, type FileSystemFacts } from './file-system-space';
import { createFileSystemCollector } from './file-systems';

const facts: FileSystemFacts = { bsize: 1_000, blocks: 100, bfree: 40, bavail: 30 };
const mounts = (...paths: string[]) => paths.map((path, i) => `/dev/d${i} ${path} ext4 rw 0 0`).join('\n');
const used = (path: string, i: number) => `system.filesystem.usage{/dev/d${i},${path},ext4,used}`;

/** Creates file systems that answer until told to hang, and answer again once released. */
function fileSystems() {
  const hanging = new Map<string, (() => void)[]>();
  const asked: string[] = [];
  return {
    asked,
    hang: (path: string) => hanging.set(path, []),
    letGo(path: string) {
      for (const answer of hanging.get(path) ?? []) answer();
      hanging.delete(path);
    },
    ask(path: string): Promise<FileSystemFacts> {
      asked.push(path);
      return new Promise((resolve) => {
        const waiting = hanging.get(path);
        if (waiting) waiting.push(() => resolve(facts));
        else resolve(facts);
      });
    },
  };
}

describe('a file system that does not answer', () => {
  it('has no value and a warning; the others go on, and it is not asked again until it answers', async () => {
    const roots = fixtureRoots({ 'proc/self/mounts': mounts('/', '/dead', '/well') });
    const { ask, hang, letGo, asked } = fileSystems();
    const collector = createFileSystemCollector(roots, ask);
    const { slots, warnings, recoveries } = newSlots();
    await collector.read(slots);
    expect(valuesOf(slots)[used('/dead', 1)]).toBe(60_000);

    hang('/dead');
    await collector.read(slots);
    await collector.read(slots);
    expect(valuesOf(slots)).toMatchObject({
      [used('/', 0)]: 60_000,
      [used('/dead', 1)]: null,
      [used('/well', 2)]: 60_000,
    });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('/dead');
    expect(asked.filter((path) => path === '/dead')).toHaveLength(2);
    expect(asked.filter((path) => path === '/well')).toHaveLength(3);

    letGo('/dead');
    await collector.read(slots);
    await collector.read(slots);
    expect(valuesOf(slots)[used('/dead', 1)]).toBe(60_000);
    expect(recoveries).toEqual(['the file system at /dead answers again']);
  }, 15_000);

  it('costs no more when all of them hang', async () => {
    const paths = Array.from({ length: 20 }, (_, i) => `/m${i}`);
    const roots = fixtureRoots({ 'proc/self/mounts': mounts('/', ...paths) });
    const { ask, hang } = fileSystems();
    for (const path of ['/', ...paths]) hang(path);
    const { slots, warnings } = newSlots();
    await createFileSystemCollector(roots, ask).read(slots);
    expect(warnings).toHaveLength(21);
  });

  const hasCompiler = spawnSync('gcc', ['--version']).status === 0;

  it.runIf(hasCompiler && process.platform === 'linux')(
    'for real: it blocks no thread of this process, and answers when it is over',
    async () => {
      const folder = temporaryFolder();
      const source = join(folder, 'hang.c');
      const library = join(folder, 'hang.so');
      writeFileSync(source, HANGING_STATFS);
      expect(spawnSync('gcc', ['-shared', '-fPIC', '-o', library, source, '-ldl']).status).toBe(0);
      const hangs = Array.from({ length: 6 }, (_, i) => join(folder, `hangs${i}`));
      for (const path of hangs) await mkdir(path);
      const lock = join(folder, 'lock');
      writeFileSync(lock, '');
      const before = { ...process.env };
      Object.assign(process.env, { LD_PRELOAD: library, TEST_HANG_PATH: '/hangs', TEST_HANG_WHILE: lock });
      onTestFinished(() => {
        process.env = before;
      });

      const roots = fixtureRoots({ 'proc/self/mounts': mounts('/', ...hangs) });
      const collector = createFileSystemCollector(roots);
      const { slots, warnings, recoveries } = newSlots();
      const values = () => Object.entries(valuesOf(slots)).filter(([name]) => name.endsWith(',used}'));
      await collector.read(slots);
      expect(values().map(([name]) => name)).toEqual([used('/', 0)]);
      expect(values().every(([, value]) => value !== null)).toBe(true);
      expect(warnings).toHaveLength(6);
      // The pool still works: each of these calls needs one of its four threads.
      await Promise.all(hangs.map((path) => mkdir(join(path, 'x'))));

      rmSync(lock);
      await expect
        .poll(
          async () => {
            await collector.read(slots);
            return values().length;
          },
          { timeout: 20_000 },
        )
        .toBe(7);
      await expect
        .poll(
          async () => {
            await collector.read(slots);
            return recoveries.length;
          },
          { timeout: 20_000 },
        )
        .toBe(6);
      collector.dispose?.();
    },
    60_000,
  );
});

/** While the file $TEST_HANG_WHILE exists, statfs of paths that contain $TEST_HANG_PATH does not return. */
const HANGING_STATFS = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void wait_for(const char *path) {
  const char *part = getenv("TEST_HANG_PATH"), *lock = getenv("TEST_HANG_WHILE");
  while (part && lock && strstr(path, part) && access(lock, F_OK) == 0) usleep(50000);
}
#define HANGING(name) \\
  int name(const char *path, void *facts) { \\
    int (*real)(const char *, void *) = dlsym(RTLD_NEXT, #name); \\
    wait_for(path); \\
    return real(path, facts); \\
  }
HANGING(statfs)
HANGING(statfs64)
HANGING(statvfs)
HANGING(statvfs64)
`;

describe('the space of a file system', () => {
  it('is that of the first path that is a folder', async () => {
    const folder = temporaryFolder();
    writeTree(folder, { file: '', 'a folder/x': '' });
    const escaped = join(folder, 'a folder').replace(' ', '\\040');
    const roots = fixtureRoots({
      'proc/self/mounts': `/dev/x ${join(folder, 'file')} ext4 rw 0 0\n/dev/x ${escaped} ext4 rw 0 0`,
    });
    const values = await readOnce(createFileSystemCollector(roots));
    expect(Object.keys(values)).toContain(`system.filesystem.limit{/dev/x,${join(folder, 'a folder')},ext4}`);
  });

  it('is declared anew when it grows, and makes no nonsense of nonsense', async () => {
    const roots = fixtureRoots({ 'proc/self/mounts': mounts('/') });
    let now: FileSystemFacts = facts;
    const collector = createFileSystemCollector(roots, async () => now);
    const { slots } = newSlots();
    await collector.read(slots);
    now = { bsize: 1_000, blocks: 500, bfree: 900, bavail: 2 ** 64 };
    await collector.read(slots);
    const [first] = [...slots.values()];
    expect(first?.declaration.max).toBe(500_000);
    expect(first?.value).toBe(0);
    expect(valuesOf(slots)['system.filesystem.usage{/dev/d0,/,ext4,free}']).toBe(500_000);
  });

  it('is told of 64 file systems, and the others are named', async () => {
    const paths = Array.from({ length: 70 }, (_, i) => `/tank/${String(i).padStart(2, '0')}`);
    const roots = fixtureRoots({ 'proc/self/mounts': mounts('/', ...paths) });
    const { slots, warnings } = newSlots();
    await createFileSystemCollector(roots, async () => facts).read(slots);
    expect(slots.size).toBe(64 * 5);
    expect(warnings).toEqual([
      'this machine has 71 file systems, of which 64 are reported. Left out: /tank/63, /tank/64, /tank/65, /tank/66, /tank/67, /tank/68, /tank/69',
    ]);
  });

  it('is asked of the host, where that is mounted', async () => {
    const { root, ...roots } = fixtureRoots({
      'proc/1/mountinfo': '1 0 8:1 / / rw - ext4 /dev/host rw\n2 1 8:2 / /data rw - ext4 /dev/data rw',
      'proc/self/mounts': mounts('/'),
    });
    const asked: string[] = [];
    const ask = async (path: string) => {
      asked.push(path);
      return facts;
    };
    const values = await readOnce(createFileSystemCollector({ ...roots, hostRoot: `${root}/host` }, ask));
    expect(asked).toEqual([`${root}/host/`, `${root}/host/data`]);
    expect(Object.keys(values)).toContain('system.filesystem.limit{/dev/data,/data,ext4}');
  });

  it.each(['stat', 'no-such-program'])('is found out with %s', async (command) => {
    const space = new FileSystemSpace(command);
    const folder = temporaryFolder();
    writeTree(folder, { 'line\nbreak/x': '', file: '' });
    const paths = ['/', folder, join(folder, 'line\nbreak')];
    for (const { blocks, bsize } of await Promise.all(paths.map((path) => space.ask(path)))) {
      expect(blocks * bsize).toBeGreaterThan(0);
    }
    await expect(space.ask(join(folder, 'file'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(Promise.all([space.ask('/'), space.ask(join(folder, 'none'))])).rejects.toMatchObject({
      code: 'ENOENT',
    });
    space.dispose();
  });

  it('is read from what stat(1) prints, and from nothing else', () => {
    expect(parseStat('4096 10 5 4 /a b/\n').get('/a b/')).toEqual({
      bsize: 4096,
      blocks: 10,
      bfree: 5,
      bavail: 4,
    });
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { blocks } of parseStat(text).values()) expect(Number.isFinite(blocks)).toBe(true);
      }),
    );
  });
});
