/** Aborts on SIGINT, SIGTERM or SIGHUP. A second signal ends the process at once, as it would by default. */
export function abortOnSignal(): { signal: AbortSignal; dispose(): void } {
  const stop = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => {
    dispose();
    stop.abort();
  };
  function dispose(): void {
    for (const signal of signals) process.off(signal, onSignal);
  }
  for (const signal of signals) process.on(signal, onSignal);
  return { signal: stop.signal, dispose };
}
