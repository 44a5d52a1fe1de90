import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, LIMIT_NAMES } from '@shared/protocol/limits';

const page = readFileSync(resolve(import.meta.dirname, '../docs/protocol.md'), 'utf8');
const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2 };

/** The limits of the table, with the number that stands for each. */
function documented(): [name: string, value: number][] {
  const [, section = ''] = page.split('\n## Limits\n');
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => {
    const [, names = '', values = ''] = row.split('|').map((cell) => cell.trim());
    const numbers = values
      .replace(/\(burst [^)]*\)/g, '')
      .split(', ')
      .filter((part) => !part.startsWith('burst'))
      .map(numberOf);
    const all = [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    expect(numbers, row).toHaveLength(all.length);
    return all.map((name, i): [string, number] => [name, numbers[i] ?? Number.NaN]);
  });
}

function numberOf(text: string): number {
  const [, digits = '', unit] = /^([\d,]+)(?: (KiB|MiB))?/.exec(text) ?? [];
  return Number(digits.replaceAll(',', '')) * (unit === undefined ? 1 : (UNITS[unit] ?? Number.NaN));
}

describe('the default limits', () => {
  const table = documented();

  it.each(table)('%s is what the protocol page says: %d', (name, value) => {
    expect(DEFAULT_LIMITS).toHaveProperty(name, value);
  });

  it('are all in the table, once', () => {
    expect(table.map(([name]) => name).sort()).toEqual([...LIMIT_NAMES].sort());
  });
});
