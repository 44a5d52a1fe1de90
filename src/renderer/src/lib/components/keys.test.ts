import { describe, expect, it, vi } from 'vitest';
import { KeyMap } from './keys';

const press = (key: string) =>
  ({ key, timeStamp: 0, target: null, preventDefault: vi.fn() }) as unknown as KeyboardEvent;

describe('the keys of a page', () => {
  it('do nothing, and are not listed, while they are of no use', () => {
    vi.stubGlobal('Element', Object);
    const keys = new KeyMap();
    const run = vi.fn();
    let useful = false;
    keys.add([{ keys: 'A', label: 'Add device', group: 'Everywhere', run, when: () => useful }]);
    keys.handle(press('a'));
    expect(run).not.toHaveBeenCalled();
    expect(keys.usable).toEqual([]);
    useful = true;
    keys.handle(press('a'));
    expect(run).toHaveBeenCalledOnce();
    expect(keys.usable).toHaveLength(1);
    vi.unstubAllGlobals();
  });
});
