/** One process as `processes.list` reports it. */
export interface ProcessInfo {
  pid: number;
  name: string;
  user: string;
  /** Share of the whole machine's processor time, 0 to 1; null until it could be measured. */
  cpu: number | null;
  rssBytes: number;
  /** The command line, cut to {@link MAX_COMMAND} characters. */
  command: string;
}

export interface ProcessScan {
  /** The total number of processes. */
  total: number;
  processes: ProcessInfo[];
}

/** The longest command line that is reported, characters. */
export const MAX_COMMAND = 200;
