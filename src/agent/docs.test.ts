import { readFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { METRICS, SEMCONV_VERSION } from '@shared/metrics/catalogue';
import { COLLECTOR_NAMES } from './collectors/collector';
import { createAgentCommand } from './command';

const docs = resolve(import.meta.dirname, '../../docs');
const text = readFileSync(join(docs, 'agents.md'), 'utf8');
const cells = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));

it('docs/agents.md tells every metric of the catalogue as it is', () => {
  for (const { name, unit, kind, description } of METRICS) {
    const row = cells.find((columns) => columns[1] === `\`${name}\``);
    expect(row?.slice(2, 5), name).toEqual([`\`${unit}\``, kind, description]);
  }
  expect(text).toContain(`release ${SEMCONV_VERSION}`);
});

it('docs/agents.md tells every option and every collector', () => {
  for (const option of createAgentCommand().options) expect(text).toContain(`\`${option.flags}\``);
  for (const name of COLLECTOR_NAMES)
    expect(cells.some((columns) => columns[1] === `\`${name}\``)).toBe(true);
});

it('docs/agents.md points at files that exist', () => {
  for (const [, path = ''] of text.matchAll(/\]\(([^):#]+)\)/g))
    expect(existsSync(join(docs, path)), path).toBe(true);
});
