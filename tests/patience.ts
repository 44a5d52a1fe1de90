import { PATIENCE_MS } from '../scripts/lib/patience.mjs';

export { PATIENCE_MS };

const LOOK_EVERY_MS = 20;

/** What {@link eventually} waits for unless told otherwise: anything but undefined, null and false. */
const isSomething = (value: unknown): boolean => value !== undefined && value !== null && value !== false;

/** Asks again and again until the answer is something, or right; for states that settle in their own time. */
export async function eventually<T>(
  ask: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T>;
export async function eventually<T>(ask: () => Promise<T> | T, isRight: (value: T) => boolean): Promise<T>;
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isRight: (value: T) => boolean = isSomething,
): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await ask();
    if (isRight(value)) return value;
    if (performance.now() > giveUpAt) {
      const last = JSON.stringify(value)?.slice(0, 400);
      throw new Error(
        `Waited in vain: ${(isRight === isSomething ? ask : isRight).toString()}\nLast seen: ${last}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
