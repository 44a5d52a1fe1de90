import { describe, expect, it } from 'vitest';
import { orderOf, readProcesses, sortProcesses, type ProcessColumn } from './processes';

const answer = {
  total: 284,
  processes: [
    { pid: 3, name: 'b', user: 'root', cpu: 0.5, rssBytes: 10 },
    { pid: 1, name: 'a', user: 'eve', cpu: 0.5, rssBytes: 30 },
    { pid: 2, name: '', cpu: 'much', rssBytes: null },
    { name: 'no pid' },
    'nonsense',
  ],
};

function rows() {
  const result = readProcesses(answer);
  if (!result.ok) throw new Error(result.error.message);
  return result.value.rows;
}

const ends = <T>(list: readonly T[]) => [list[0], list.at(-1)] as const;

describe('the processes of a device', () => {
  it('are read with whatever of them makes sense', () => {
    expect(rows().map((row) => row.pid)).toEqual([3, 1, 2]);
    expect(rows()[2]).toEqual({
      pid: 2,
      name: 'process 2',
      user: '',
      cpu: null,
      rssBytes: null,
      command: '',
    });
  });

  it.each([null, 'x', 5, {}, { processes: 'none' }])('are refused when the answer is %j', (nonsense) => {
    expect(readProcesses(nonsense)).toMatchObject({ ok: false, error: { code: 'BAD_ANSWER' } });
  });

  it('say of each column the order that they are in', () => {
    const columns: ProcessColumn[] = ['name', 'pid', 'user', 'cpu', 'rssBytes'];
    for (const column of columns) {
      for (const reverse of [false, true]) {
        const [first, last] = ends(sortProcesses(rows(), column, reverse).map((row) => row[column]));
        const rises = (first ?? -1) < (last ?? -1);
        expect([column, orderOf(column, reverse)]).toEqual([column, rises ? 'ascending' : 'descending']);
      }
    }
  });

  it('sort numbers falling and words rising, the same by pid', () => {
    expect(sortProcesses(rows(), 'cpu', false).map((row) => row.pid)).toEqual([1, 3, 2]);
    expect(sortProcesses(rows(), 'rssBytes', true).map((row) => row.pid)).toEqual([2, 3, 1]);
    expect(sortProcesses(rows(), 'name', false).map((row) => row.name)).toEqual(['a', 'b', 'process 2']);
  });
});
