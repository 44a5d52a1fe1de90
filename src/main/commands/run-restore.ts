import { resolve } from 'node:path';
import { displayText } from '@shared/display-text';
import type { Fault } from '@shared/errors';
import { formatBytes } from '@shared/metrics/units';
import { findDataDir } from '../data-dir';
import { applyStaged, dataIn } from '../hub/backup/apply-restore';
import { openBackup } from '../hub/backup/backup-file';
import type { BackupManifest } from '../hub/backup/format';
import { stageRestore } from '../hub/backup/stage-restore';
import { lockFolder } from '../hub/store/database';
import { installPaths } from '../install-paths';
import { readPassphrase } from './passphrase';

export interface RestoreCommandOptions {
  dataDir: string;
  replace?: boolean;
  passphraseFile?: string;
  list?: boolean;
}

const EXIT_USAGE = 2;

/** Restores a backup, or checks it; settles with the exit code. */
export async function runRestore(file: string, options: RestoreCommandOptions): Promise<number> {
  const program = installPaths().version;
  if (options.list === true) return list(file, program);
  const passphrase = readPassphrase(options.passphraseFile);
  if (!passphrase.ok) return report(passphrase.error);
  // Checked before the folder is made, so that a wrong file leaves no folder behind.
  const opened = await openBackup(file, program);
  if (!opened.ok) return report(opened.error);
  await opened.value.close();

  const present = dataIn(options.dataDir);
  if (present.length > 0 && options.replace !== true) {
    const message = `The folder ${resolve(options.dataDir)} has data already (${present[0] ?? ''}). Choose another folder, or put the backup in its place with --replace; what is there is kept under another name.`;
    return report({ code: 'FOLDER_NOT_EMPTY', message });
  }
  const found = findDataDir(options.dataDir);
  if (!found.ok) return report(found.error);
  const { path: dataDir, readOnly } = found.value;
  if (readOnly) return report(readOnly);
  const lock = lockFolder(resolve(dataDir, 'history'));
  if (!lock.ok) return report(inUse(lock.error, dataDir));
  let staged;
  let applied;
  // One lock from the first look to the last move: a hub that starts meanwhile must not use the data in between.
  try {
    const by = { kind: 'command', role: 'admin', address: null, userAgent: null } as const;
    staged = await stageRestore({
      file,
      dataDir,
      program,
      now: Date.now(),
      passphrase: passphrase.value,
      by,
    });
    if (!staged.ok) return report(staged.error);
    applied = applyStaged(dataDir);
  } finally {
    lock.value.close();
  }
  if (!applied.ok) return report(applied.error);
  const { manifest, hasSecrets } = staged.value;
  say(`restored ${whatIsIn(manifest)} to ${dataDir}`);
  if (applied.value !== null) say(`the former data is in ${resolve(dataDir, applied.value)}`);
  if (!hasSecrets) say(WITHOUT_SECRETS);
  return 0;
}

async function list(file: string, program: string): Promise<number> {
  const opened = await openBackup(file, program);
  if (!opened.ok) return report(opened.error);
  const { manifest, bytes } = opened.value;
  try {
    const whole = await opened.value.read(() => {});
    if (!whole.ok) return report(whole.error);
  } finally {
    await opened.value.close();
  }
  process.stdout.write(
    `Made ${new Date(manifest.madeAt).toISOString()} by Wirewatch ${manifest.program}, ${formatBytes(bytes)}: ${whatIsIn(manifest)}.\n` +
      `${manifest.seal === null ? WITHOUT_SECRETS_LISTED : 'The hub’s key is in it, sealed with a passphrase.'}\nIt is whole.\n`,
  );
  return 0;
}

function whatIsIn({ devices, boards, hasHistory, span }: BackupManifest): string {
  const day = (ms: number): string => new Date(ms).toISOString();
  const history = !hasHistory
    ? 'no history'
    : span === null
      ? 'an empty history'
      : `history from ${day(span.from)} to ${day(span.to)}`;
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return `${count(devices, 'device')}, ${count(boards, 'board')}, ${history}`;
}

const WITHOUT_SECRETS =
  'the backup has no secrets: unless this folder had the hub’s key already, agents that connect over TLS do not recognise the hub, and each must be told to trust it anew';
const WITHOUT_SECRETS_LISTED = 'It has no secrets: the hub’s key is not in it.';

function inUse(fault: Fault, dataDir: string): Fault {
  if (fault.code !== 'STORE_IN_USE') return fault;
  return { code: fault.code, message: `A hub is running on ${dataDir}. Stop it first. Nothing was changed.` };
}

function say(text: string): void {
  process.stderr.write(`wirewatch: ${displayText(text, 1_000)}\n`);
}

function report(fault: Fault): number {
  say(fault.message);
  return EXIT_USAGE;
}
