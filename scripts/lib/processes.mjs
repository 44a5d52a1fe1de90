import { spawn } from 'node:child_process';
import { isatty } from 'node:tty';
import { root } from './project.mjs';

/**
 * Runs a program and collects its output. `limitMs` or an aborted `stopOn` end it. Resolves with `{code, signal,
 * output, timedOut}`; `code` is null if the program was ended or could not be started.
 */
export function capture(
  command,
  args,
  { cwd = root, env = process.env, limitMs = 0, stopOn, onOutput } = {},
) {
  return new Promise((resolve) => {
    let output = '';
    let timedOut = false;
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = limitMs > 0 ? setTimeout(stop, limitMs) : undefined;
    function stop() {
      timedOut = true;
      child.kill('SIGKILL');
    }
    stopOn?.addEventListener('abort', stop);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
        onOutput?.(text);
      });
    }
    const finish = (code, signal) => {
      clearTimeout(timer);
      stopOn?.removeEventListener('abort', stop);
      resolve({ code, signal, output, timedOut });
    };
    child.on('error', (error) => {
      output += String(error);
      finish(null, null);
    });
    child.on('close', finish);
  });
}

/**
 * Runs a program in place of this one: same terminal, signals passed on. Resolves with `{code, signal, ms}`. Ctrl-C
 * reaches the whole terminal group by itself, so passing it on would deliver it twice.
 */
export function takeOver(command, args, { env = process.env } = {}) {
  return new Promise((resolve) => {
    const startedAt = Date.now();
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit' });
    const passedOn = ['SIGTERM', 'SIGHUP', 'SIGINT'];
    const handlers = passedOn.map((signal) => {
      const handler = () => {
        if (signal !== 'SIGINT' || !isatty(0)) child.kill(signal);
      };
      process.on(signal, handler);
      return [signal, handler];
    });
    const finish = (code, signal) => {
      for (const [name, handler] of handlers) process.off(name, handler);
      resolve({ code, signal, ms: Date.now() - startedAt });
    };
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      finish(127, null);
    });
    child.on('close', finish);
  });
}

/** Ends this process as the other one ended. */
export function endLike({ code, signal }) {
  if (signal) {
    process.kill(process.pid, signal);
    return;
  }
  process.exitCode = code ?? 1;
}
