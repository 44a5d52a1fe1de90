import { spawn, type ChildProcess } from 'node:child_process';
import { statfs } from 'node:fs/promises';

/** Number of blocks of a file system, and their size. */
export interface FileSystemFacts {
  bsize: number;
  blocks: number;
  bfree: number;
  bavail: number;
}

/** Questions asked together share one child process; those not answered within this time are asked again one by one. */
const TOGETHER_MS = 1_500;
/** A file system that does not answer within this time on its own has hung: its child is killed. */
const ALONE_MS = 10_000;
/**
 * Without a child, each question blocks a thread of the small pool that does all file and name look-ups of the process.
 */
const MAX_BLOCKED_THREADS = 2;
const MAX_OUTPUT = 64 * 1024;

interface Question {
  path: string;
  answer(facts: FileSystemFacts): void;
  fail(error: Error): void;
}

/**
 * Asks file systems how full they are, with statfs(2), which may block indefinitely on a dead disk, a hung FUSE program
 * or a lost server. Inside this process, each such call would block a thread of libuv's pool and keep the process from
 * ending, so stat(1) is used, which every Linux has. If it is missing, at most two threads are used.
 */
export class FileSystemSpace {
  readonly #children = new Set<ChildProcess>();
  readonly #command: string;
  /** File systems that hung when last asked, and are therefore asked alone. */
  readonly #suspects = new Set<string>();
  #waiting: Question[] = [];
  #waitingHere: Question[] = [];
  #hasCommand = true;
  #blockedThreads = 0;
  #disposed = false;

  /** `command` is another name of stat(1), for tests. */
  constructor(command = 'stat') {
    this.#command = command;
  }

  /**
   * Rejects when the file system cannot be asked, is no folder, or has hung. May stay pending for long, because a child
   * that the kernel does not let die is still tracked.
   */
  ask(path: string): Promise<FileSystemFacts> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#askWaiting());
      this.#waiting.push({ path, answer: resolve, fail: reject });
    });
  }

  dispose(): void {
    this.#disposed = true;
    for (const child of this.#children) {
      child.kill('SIGKILL');
      child.stdout?.destroy();
    }
  }

  #askWaiting(): void {
    const questions = this.#waiting;
    this.#waiting = [];
    const isAlone = ({ path }: Question) => this.#suspects.has(path) || path.includes('\n');
    const together = questions.filter((question) => !isAlone(question));
    if (together.length > 0) {
      this.#run(together, TOGETHER_MS, (open) => {
        for (const question of open) this.#askAlone(question);
      });
    }
    for (const question of questions.filter(isAlone)) this.#askAlone(question);
  }

  #askAlone(question: Question): void {
    this.#run([question], ALONE_MS, () => {
      this.#suspects.add(question.path);
      question.fail(new Error('it does not answer'));
    });
  }

  /**
   * Runs stat(1). `hung` receives the questions unanswered when it was killed. Questions that it cannot answer are
   * asked in this process.
   */
  #run(questions: readonly Question[], patienceMs: number, hung: (open: readonly Question[]) => void): void {
    if (this.#disposed) return;
    const askHere = (unanswered: Iterable<Question>) => {
      for (const question of unanswered) this.#askHere(question);
    };
    if (!this.#hasCommand) {
      askHere(questions);
      return;
    }
    const open = new Map(questions.map((question) => [folder(question.path), question]));
    const child = spawn(this.#command, ['-f', '-c', '%S %b %f %a %n', '--', ...open.keys()], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#children.add(child);
    child.unref();
    let output = '';
    let isKilled = false;
    const timer = setTimeout(() => {
      isKilled = true;
      child.kill('SIGKILL');
    }, patienceMs);
    timer.unref();
    child.stdout.on('data', (chunk: Buffer) => {
      if (output.length < MAX_OUTPUT) output += chunk.toString('utf8');
    });
    const ended = (): boolean => {
      clearTimeout(timer);
      return this.#children.delete(child) && !this.#disposed;
    };
    child.once('error', () => {
      this.#hasCommand = false;
      if (ended()) askHere(questions);
    });
    child.once('close', () => {
      if (!ended()) return;
      for (const [path, facts] of parseStat(
        output,
        questions.length === 1 ? [...open.keys()][0] : undefined,
      )) {
        const question = open.get(path);
        if (question) this.#suspects.delete(question.path);
        question?.answer(facts);
        open.delete(path);
      }
      if (isKilled) hung([...open.values()]);
      else askHere(open.values());
    });
  }

  /** Asks at most two at a time. If both hang, the others wait and have no value. */
  #askHere(question: Question): void {
    if (this.#blockedThreads >= MAX_BLOCKED_THREADS) {
      this.#waitingHere.push(question);
      return;
    }
    this.#blockedThreads++;
    void statfs(folder(question.path))
      .then(question.answer, question.fail)
      .finally(() => {
        this.#blockedThreads--;
        const next = this.#waitingHere.shift();
        if (next) this.#askHere(next);
      });
  }
}

/** Adds a slash, which makes files fail: containers bind single files such as /etc/hosts from the host's disk. */
const folder = (path: string) => (path.endsWith('/') ? path : `${path}/`);

/**
 * Parses lines of `size blocks free available path` to facts by path; other lines are skipped. `only` is the path of
 * all lines if it is known, so that it may contain any character.
 */
export function parseStat(output: string, only?: string): Map<string, FileSystemFacts> {
  const facts = new Map<string, FileSystemFacts>();
  for (const line of output.split('\n')) {
    const [, bsize, blocks, bfree, bavail, path] = /^(\d+) (\d+) (\d+) (\d+) (.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    facts.set(only ?? path, {
      bsize: Number(bsize),
      blocks: Number(blocks),
      bfree: Number(bfree),
      bavail: Number(bavail),
    });
  }
  return facts;
}
