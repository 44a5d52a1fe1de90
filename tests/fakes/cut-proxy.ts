import { connect, createServer, type Socket } from 'node:net';

export interface CutProxy {
  port: number;
  /** Stops carrying data without closing anything, like a pulled cable; new connections hang too. */
  pause(): void;
  resume(): void;
  /** Resets every connection. */
  cut(): void;
  close(): void;
}

/** Starts a TCP proxy to `target` that fails in the ways real links fail. */
export async function startCutProxy(target: () => number): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  let isPaused = false;
  const server = createServer((near) => {
    const far = connect(target(), '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('data', (data) => void (isPaused || other.write(data)));
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    pause: () => (isPaused = true),
    resume() {
      // Bytes were lost on the way, which no TCP connection survives.
      isPaused = false;
      cut();
    },
    cut,
    close() {
      cut();
      server.close();
    },
  };
}
