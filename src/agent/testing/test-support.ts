import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Logger } from '@shared/logger';
import type { SystemRoots } from '../collectors/collector';

/** Helpers of the agent's tests. */

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wirewatch-agent-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeTree(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A fixture tree with `proc`, `sys` and `etc`. */
export function fixtureRoots(files: Readonly<Record<string, string>>): SystemRoots & { root: string } {
  const root = temporaryFolder();
  writeTree(root, { 'proc/.keep': '', 'sys/.keep': '', 'etc/.keep': '', ...files });
  return { root, proc: join(root, 'proc'), sys: join(root, 'sys'), etc: join(root, 'etc') };
}

export function recordingLogger(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => {
    lines.push(`${level} ${message}`);
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
