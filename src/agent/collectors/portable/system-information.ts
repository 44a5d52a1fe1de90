/** Loads systeminformation at first use: it is large, starts programs, and Linux never needs it. */
export async function loadSystemInformation() {
  return (await import('systeminformation')).default;
}

export type SystemInformation = Awaited<ReturnType<typeof loadSystemInformation>>;
