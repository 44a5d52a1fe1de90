import { ensureBuild } from '../../scripts/lib/build.mjs';

/** Builds the program, because some of the tests start it. */
export default async function build(): Promise<void> {
  await ensureBuild();
}
