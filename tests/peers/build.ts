import { ensureBuild } from '../../scripts/lib/build.mjs';

/** Some of the tests start the built program. */
export default async function build(): Promise<void> {
  await ensureBuild();
}
