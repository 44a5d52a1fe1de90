/** A running `wirewatch` that was started with `--json`. */
export interface CliServer {
  /** The address that opens the UI, including the code that signs a browser in. */
  url: string;
  port: number;
  pid: number;
  /** Sends SIGTERM, then SIGKILL after fifteen seconds; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export function startCli(args: string[]): Promise<CliServer>;
export function sandboxFlags(): string[];
