import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI, startCli, type CliProcess } from '../fakes/cli-process';
import { push } from '../fakes/push-client';
import { eventually } from '../patience';
import { freePort } from './peer';

/** The fields of the API's devices that these tests use. */
export interface ApiDevice {
  id: string;
  name: string;
  state: string;
  reason: { code: string; text: string } | null;
  approval: string;
}

/** A series in the API's answers. */
export interface ApiSeries {
  metric: string;
  labels: Record<string, string>;
  /** Ms since the epoch. */
  t: number[];
  v: (number | null)[];
}

/** The built hub as a process that can stop and start again, with the same folder and port. */
export class HubProcess {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #cli: CliProcess | null = null;

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  /** Creates a hub that admits every device unless its options differ; call `start` afterwards. */
  static async create(options: readonly string[] = ['--admit=open']): Promise<HubProcess> {
    if (!existsSync(CLI)) throw new Error('These tests need the built command line: run "npm run build".');
    return new HubProcess(await freePort(), mkdtempSync(join(tmpdir(), 'wirewatch-peer-')), options);
  }

  /** `127.0.0.1:7411`, but with its own port. */
  get authority(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const where = [`--port=${this.port}`, '--host=127.0.0.1', `--data-dir=${this.#folder}`];
    const alone = ['--no-local-agent', '--no-advertise'];
    this.#cli = startCli(['serve', '--json', ...where, ...alone, ...this.#options]);
    await this.#cli.event('ready');
  }

  async stop(): Promise<void> {
    const cli = this.#cli;
    this.#cli = null;
    cli?.kill('SIGTERM');
    await cli?.ended;
  }

  /** Freezes the process, as if the computer slept, until `wake`. */
  freeze(): void {
    this.#cli?.kill('SIGSTOP');
  }

  wake(): void {
    this.#cli?.kill('SIGCONT');
  }

  async devices(): Promise<ApiDevice[]> {
    return ((await this.#ask('devices')) as { devices: ApiDevice[] }).devices;
  }

  /** Resolves with the device of this name once it is in this state. */
  deviceIn(name: string, state: string): Promise<ApiDevice> {
    return eventually(async () =>
      (await this.devices()).find((device) => device.name === name && device.state === state),
    );
  }

  /** Returns all stored samples of a device, as they were sent. */
  async series(device: string): Promise<ApiSeries[]> {
    const query = new URLSearchParams({
      device,
      from: '-1h',
      to: new Date(Date.now() + 3_600_000).toISOString(),
    });
    return ((await this.#ask(`query?${query.toString()}&raw=1`)) as { series: ApiSeries[] }).series;
  }

  /** Returns the hub's events about devices. */
  async events(): Promise<{ kind: string; text: string }[]> {
    return ((await this.#ask('events')) as { events: { kind: string; text: string }[] }).events;
  }

  async dispose(): Promise<void> {
    this.wake();
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Uses a new connection each time, because the hub may close a kept one just when it is used again. */
  async #ask(what: string): Promise<unknown> {
    const answer = await push(this.port, `/api/v1/${what}`, { method: 'GET' });
    if (answer.status !== 200) throw new Error(`${what} was answered with ${answer.status}: ${answer.body}`);
    return answer.json();
  }
}
