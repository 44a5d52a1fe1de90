import { FaultError } from '@shared/errors';

/** Resolves with the answer, or with `nothing` while the hub does not know the device yet. */
export async function soFar<T>(asked: Promise<T>, nothing: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FaultError && error.code === 'NO_SUCH_DEVICE') return nothing;
    throw error;
  }
}
