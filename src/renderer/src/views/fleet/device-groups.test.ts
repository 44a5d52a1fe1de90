import type { AttentionCause } from '@shared/attention';
import { describe, expect, it } from 'vitest';
import { deviceInfo } from '../../lib/hub/testing/device-info';
import type { Grouping } from '../../lib/routes/fleet-link';
import { groupDevices, tagValue } from './device-groups';
import { moveAmongGroups } from './group-keys';

const device = (id: string, tags: string[] = []) => deviceInfo({ id, name: id, tags });
const devices = [
  device('a', ['place:Attic', 'lab']),
  device('b', ['lab', 'Parent: switch-1 ']),
  device('c'),
  device('d', ['PLACE:attic', 'other']),
];
const none = new Map<string, AttentionCause>();

function groups(by: Grouping, causes: ReadonlyMap<string, AttentionCause> = none, isAttentionFirst = true) {
  return groupDevices(devices, by, causes, isAttentionFirst).map(({ title, devices: members }) => [
    title,
    members.map(({ id }) => id).join(''),
  ]);
}

describe('the groups of a fleet', () => {
  it('are one without a heading as long as nothing needs a person', () => {
    expect(groups('none')).toEqual([[null, 'abcd']]);
  });

  it('are led by what needs a person, unless the list is sorted by something else', () => {
    const causes = new Map<string, AttentionCause>([['c', 'offline']]);
    expect(groups('none', causes)).toEqual([
      ['Needs attention', 'c'],
      ['Everything else', 'abd'],
    ]);
    expect(groups('none', causes, false)).toEqual([[null, 'abcd']]);
  });

  it('follow tags, places and parents, whatever their case, and end with those that have none', () => {
    expect(groups('tag')).toEqual([
      ['lab', 'ab'],
      ['other', 'd'],
      ['Without a tag', 'c'],
    ]);
    expect(groups('place')).toEqual([
      ['Attic', 'ad'],
      ['Without a place', 'bc'],
    ]);
    expect(groups('parent')).toEqual([
      ['switch-1', 'b'],
      ['Without a parent', 'acd'],
    ]);
  });

  it('are few, however many tags there are', () => {
    const many = Array.from({ length: 500 }, (_, i) => device(`d${i}`, [`tag-${i}`]));
    const made = groupDevices(many, 'tag', none, true);
    expect(made.length).toBeLessThan(70);
    expect(made.at(-1)?.title).toBe('Others');
    expect(made.reduce((sum, group) => sum + group.devices.length, 0)).toBe(500);
  });

  it('takes what follows the colon as the value of a tag', () => {
    expect(tagValue(['place:', 'place:Cellar'], 'place')).toBeNull();
    expect(tagValue(['Place:Cellar: left'], 'place')).toBe('Cellar: left');
  });
});

describe('the arrow keys among groups', () => {
  const grid = [
    { key: 'x', title: 'X', devices: ['a', 'b', 'c', 'd', 'e'].map((id) => device(id)) },
    { key: 'y', title: 'Y', devices: ['f', 'g'].map((id) => device(id)) },
  ];
  const move = (key: string, id: string, columns = 3) => moveAmongGroups(key, id, grid, () => columns);

  it('move within a group and on into the next, in the same column where there is one', () => {
    expect(move('ArrowRight', 'a')).toBe('b');
    expect(move('ArrowDown', 'a')).toBe('d');
    expect(move('ArrowDown', 'e')).toBe('g');
    expect(move('ArrowDown', 'c')).toBe('g');
    expect(move('ArrowUp', 'g')).toBe('e');
    expect(move('ArrowRight', 'e')).toBe('f');
    expect(move('ArrowLeft', 'f')).toBe('e');
    expect(move('ArrowUp', 'f', 1)).toBe('e');
  });

  it('stop at the ends, which Home and End reach', () => {
    expect(move('ArrowUp', 'a')).toBe('a');
    expect(move('ArrowDown', 'g')).toBe('g');
    expect(move('Home', 'g')).toBe('a');
    expect(move('End', 'a')).toBe('g');
    expect(move('x', 'a')).toBeNull();
  });
});
