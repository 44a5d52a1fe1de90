import type { TLSSocket } from 'node:tls';
import type { Fault, Result } from '@shared/errors';
import { hostOf, type HubTarget } from '../hub-url';
import { dialTls } from './dial-tls';
import type { HubTrust, TrustedHub } from './hub-trust';

/** More than this many addresses are tried in turns. */
const AT_ONCE = 8;

export interface ReachedHub {
  target: HubTarget;
  socket: TLSSocket;
  hub: TrustedHub;
}

/** Why a hub was not reached at one address. */
export interface DialFailure {
  target: HubTarget;
  fault: Fault;
  /** The other end completed the handshake and is not the hub. */
  isImpostor: boolean;
  cause?: Error | undefined;
}

export interface DialHubOptions {
  ca?: string | undefined;
  timeoutMs: number;
  trust: Pick<HubTrust, 'judge'>;
  signal: AbortSignal;
}

/**
 * Looks for one hub at several addresses at once, over TLS. Nothing is sent over any of the connections: each peer only
 * shows its certificate. The first one that is trusted is the result, and all others are closed. Without one, the
 * failures are in the order of `targets`.
 */
export async function dialHub(
  targets: readonly HubTarget[],
  { ca, timeoutMs, trust, signal }: DialHubOptions,
): Promise<ReachedHub | readonly DialFailure[]> {
  const failures: DialFailure[] = [];
  const enough = new AbortController();
  const stop = (): void => enough.abort();
  signal.addEventListener('abort', stop, { once: true });
  const found: ReachedHub[] = [];
  let next = 0;

  const tryNext = async (): Promise<void> => {
    while (!enough.signal.aborted) {
      const index = next++;
      const target = targets[index];
      if (!target) return;
      const dialled = await dialTls({ url: target.url, ca, timeoutMs, signal: enough.signal });
      if (!dialled.ok) {
        failures[index] = { target, fault: dialled.error, isImpostor: false, cause: dialled.cause };
        continue;
      }
      const socket = dialled.value.on('error', () => {});
      const judged: Result<TrustedHub> = trust.judge(socket, hostOf(target.url));
      if (judged.ok && !enough.signal.aborted) {
        found.push({ target, socket, hub: judged.value });
        stop();
        return;
      }
      socket.destroy();
      if (!judged.ok) failures[index] = { target, fault: judged.error, isImpostor: true };
    }
  };
  if (signal.aborted) stop();
  await Promise.all(Array.from({ length: AT_ONCE }, tryNext));
  signal.removeEventListener('abort', stop);
  return found[0] ?? failures.filter((one) => one !== undefined);
}
