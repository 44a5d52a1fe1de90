import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Loaded into the hub's process by `--import`: measures its event loop from inside and answers over IPC. */
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

process.on('message', (message) => {
  if (message === 'reset') delay.reset();
  else if (message === 'read') {
    process.send?.({ eventLoopP99Ms: delay.percentile(99) / 1e6, eventLoopMaxMs: delay.max / 1e6 });
  }
});
process.channel?.unref();
