import { FaultError, toFault } from '../errors';
import type { HubApi } from '../hub-api';

/**
 * Electron's context bridge copies an `Error` without its `code`. So the preload rejects with the bare
 * `{code, message}`, which crosses whole, and the page makes a {@link FaultError} of it again.
 */
export function passFaults(api: HubApi): HubApi {
  return {
    ...api,
    call: (name, params) =>
      api.call(name, params).catch((error: unknown) => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- an Error would lose its code on the way
        throw toFault(error);
      }),
  };
}

/** The page's side of {@link passFaults}: the exposed object with rejections that are errors again. */
export function restoreFaults(exposed: HubApi): HubApi {
  return {
    call: (name, params) =>
      exposed.call(name, params).catch((fault: unknown) => {
        throw isFault(fault) ? new FaultError(fault.code, fault.message) : fault;
      }),
    subscribe: (topic, params, listener) => exposed.subscribe(topic, params, listener),
    openFeed: (spec, listener) => exposed.openFeed(spec, listener),
    onLink: (listener) => exposed.onLink(listener),
  };
}

function isFault(value: unknown): value is { code: string; message: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}
