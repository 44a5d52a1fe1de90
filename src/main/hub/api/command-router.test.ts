import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES, VIEWER_COMMANDS, type CommandName } from '@shared/hub-api';
import type { Caller, CommandHandlers } from './command-handlers';
import { CommandRouter } from './command-router';

const ADMIN: Caller = { from: 'ipc', role: 'admin' };
const VIEWER: Caller = { from: '192.168.1.9', role: 'viewer' };

/** Creates a router that counts the calls of each command. */
function countingRouter() {
  const done: string[] = [];
  const counting = COMMAND_NAMES.map((name) => [name, () => done.push(name)]);
  const handlers = Object.fromEntries(counting) as unknown as CommandHandlers<CommandName>;
  const router = new CommandRouter(handlers);
  router.handleOuter(handlers);
  return { router, done };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

describe('the command router', () => {
  it('lets a viewer call what only looks, and nothing else, whatever the parameters', async () => {
    const { router, done } = countingRouter();
    for (const name of COMMAND_NAMES) {
      const code = await codeOf(router.execute(name, { device: 7 }, VIEWER));
      expect(code === 'NOT_ALLOWED', name).toBe(!VIEWER_COMMANDS.has(name));
    }
    expect(done.filter((name) => !VIEWER_COMMANDS.has(name as CommandName))).toEqual([]);
  });

  it.each(['create', 'update', 'delete', 'remove', 'set', 'rename', 'approve', 'reject', 'block', 'revoke'])(
    'has no command for viewers that begins with "%s"',
    (verb) => {
      expect([...VIEWER_COMMANDS].filter((name) => name.startsWith(verb))).toEqual([]);
    },
  );

  it('takes a role that it does not know for a viewer', async () => {
    const { router, done } = countingRouter();
    const odd = { from: 'x', role: 'Admin' } as unknown as Caller;
    expect(await codeOf(router.execute('updateSettings', {}, odd))).toBe('NOT_ALLOWED');
    expect(done).toEqual([]);
  });

  it('knows no command that an object merely inherits', async () => {
    const { router } = countingRouter();
    for (const name of ['constructor', '__proto__', 'toString', '']) {
      expect(await codeOf(router.execute(name as CommandName, {}, ADMIN))).toBe('NO_SUCH_COMMAND');
    }
  });

  it('says which parameter is not right', async () => {
    const { router } = countingRouter();
    await expect(router.execute('approveDevice', { device: 7 }, ADMIN)).rejects.toMatchObject({
      code: 'BAD_PARAMS',
      message: expect.stringContaining('"device"') as string,
    });
  });
});
