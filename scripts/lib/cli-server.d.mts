/** A running `wirewatch` that was started with `--json`. */
export interface CliServer {
  /** Opens the UI as it is, with the code that signs a browser in. */
  url: string;
  port: number;
  pid: number;
  /** SIGTERM, then SIGKILL after fifteen seconds; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export function startCli(args: string[]): Promise<CliServer>;
export function sandboxFlags(): string[];
