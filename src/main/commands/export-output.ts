import { createWriteStream, lstatSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { fail, succeed, type Result } from '@shared/errors';
import { openToOthers } from '../../files/folder-trust';
import { draftName } from '../../files/replace-file';

/** The destination of an export. */
export interface ExportOutput {
  /** Settles when the chunk has been accepted; rejects with the system's error. */
  write(chunk: Uint8Array | string): Promise<void>;
  /** Completes the export. */
  commit(): Promise<void>;
  /** Abandons an incomplete export: leaves nothing behind that could be mistaken for a complete one. */
  discard(): Promise<void>;
}

/**
 * Opens a file that gets its name only once it is complete, or standard output for `-`. Anything that is not a plain
 * file (a pipe, a device) is written to directly. `mode` says who may use a new file, as far as the process's own mask
 * allows. Fails with `BAD_OUTPUT`.
 */
export function openOutput(path: string, mode = 0o666): Result<ExportOutput> {
  if (path === '-') {
    const end = (): Promise<void> => Promise.resolve();
    // Failures reach the caller of `write`; without a listener here, an error event would end the process.
    process.stdout.on('error', () => {});
    return succeed({ write: (chunk) => write(process.stdout, chunk), commit: end, discard: end });
  }
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return fail('BAD_OUTPUT', `${path} is a folder.`);
  const isPlain = stat === undefined || stat.isFile();
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  const others = openToOthers(dirname(path));
  if (others !== null && isLink) {
    return fail('BAD_OUTPUT', `${path} is a link in a folder that other users may write to (${others}).`);
  }
  if (others !== null) {
    process.stderr.write(`wirewatch: Other users may write to ${others}, and so could replace ${path}.\n`);
  }
  // Another user may have put a link where a draft is expected.
  const draft = isPlain ? draftName(path) : path;
  const file = createWriteStream(draft, { flags: isPlain ? 'wx' : 'w', mode });
  file.on('error', () => {});
  const close = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (file.errored) reject(file.errored);
      else file.end((error?: Error | null) => (error ? reject(error) : resolve()));
    });
  return succeed({
    write: (chunk) => write(file, chunk),
    async commit() {
      await close();
      if (isPlain) renameSync(draft, path);
    },
    async discard() {
      await close().catch(() => {});
      if (isPlain) rmSync(draft, { force: true });
    },
  });
}

function write(stream: Writable, chunk: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
