import { spawn, type ChildProcess } from 'node:child_process';
import { eventually } from '../patience';
import { tryJson, type Json } from './hub-harness';
import type { Machine } from './lan';

/** A program on one of the machines, with the lines of JSON that it prints. */
export class LanProgram {
  readonly lines: Json[] = [];
  errors = '';
  /** Its exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(machine: Machine, command: readonly string[]) {
    const { file, args } = machine.at([process.execPath, ...command]);
    this.#child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.lines.push(...lines.map((line) => tryJson(line) ?? {}));
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
  }

  /** Waits for a line, counted from `from`, in which these fields have these values. */
  line(wanted: Json, from = 0): Promise<Json> {
    const find = (): Json | undefined =>
      this.lines
        .slice(from)
        .find((line) => Object.entries(wanted).every(([key, value]) => line[key] === value));
    return eventually(find, (line) => line !== undefined).then((line) => line ?? {});
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await this.ended;
  }
}
