import type { IncomingMessage } from 'node:http';
import { fail, succeed, type Result } from '@shared/errors';

const BODY_TIMEOUT_MS = 5_000;

/** Reads the whole body as UTF-8. Fails with `TOO_BIG`, `TOO_SLOW`, `BAD_TEXT` or `CUT_OFF`; never rejects. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Result<string>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: Result<string>): void => {
      clearTimeout(timer);
      request.off('data', onData);
      request.off('end', onEnd);
      request.off('close', onClose);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) settle(fail('TOO_BIG', `The body can have at most ${maxBytes} bytes.`));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      try {
        settle(succeed(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))));
      } catch {
        settle(fail('BAD_TEXT', 'The body is not UTF-8.'));
      }
    };
    const onClose = (): void => settle(fail('CUT_OFF', 'The body was cut off.'));
    const timer = setTimeout(() => {
      settle(fail('TOO_SLOW', 'The body took too long to arrive.'));
    }, BODY_TIMEOUT_MS);
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('close', onClose);
    request.on('error', onClose);
  });
}
