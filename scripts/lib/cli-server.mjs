import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PATIENCE_MS } from './patience.mjs';
import { inProject, requireNode, root } from './project.mjs';

const STOPPED_WITHIN_MS = 15_000;

/**
 * Starts the built command line with `--json` arguments and waits for its `ready` line. Resolves with `{url, port,
 * stop}`; rejects if the program ends or does not print the line in time.
 */
export function startCli(args) {
  const child = spawn(requireNode(), [inProject('out', 'main', 'cli.js'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors = `${errors}${text}`.slice(-4_000)));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    const code = await ended;
    clearTimeout(timer);
    return code;
  };
  return new Promise((resolve, reject) => {
    const give = (why) => {
      child.kill('SIGKILL');
      reject(new Error(`${why}: wirewatch ${args.join(' ')}\n${errors}`));
    };
    const timer = setTimeout(() => give('No ready line came in time'), PATIENCE_MS);
    void ended.then(() => give('It ended'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      let message;
      try {
        message = JSON.parse(line);
      } catch {
        return;
      }
      if (message.event !== 'ready') return;
      clearTimeout(timer);
      resolve({ url: message.url, port: message.port, stop, pid: child.pid });
    });
  });
}

/** Chromium's own sandbox does not run as root, which containers usually are. */
export function sandboxFlags() {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
