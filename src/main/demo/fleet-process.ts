import { constants, setPriority } from 'node:os';
import * as v from 'valibot';
import { fleetOrderSchema } from './fleet-order';
import { startFleet, type FleetHandle } from './start-fleet';

/** Simulates devices until the parent ends or asks it to stop; settles with the exit code. */
export async function runFleetProcess(): Promise<number> {
  const send = process.send?.bind(process);
  if (!send) {
    process.stderr.write('wirewatch: this is a part of "wirewatch demo".\n');
    return 2;
  }
  const ended = Promise.withResolvers<number>();
  let fleet: FleetHandle | null = null;
  process.on('disconnect', () => ended.resolve(0));
  // Ctrl C reaches the whole group; the parent decides when this process ends.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => ended.resolve(0));
  process.once('message', (message) => {
    const order = v.parse(fleetOrderSchema, message);
    startFleet(order).then(
      (started) => {
        fleet = started;
        standBack();
        send({ started: true });
      },
      (error: unknown) => {
        send({ error: error instanceof Error ? error.message : String(error) });
        ended.resolve(1);
      },
    );
  });
  send({ listening: true });
  const exitCode = await ended.promise;
  await (fleet as FleetHandle | null)?.dispose();
  return exitCode;
}

/**
 * Lowers the priority, because real devices would not use this machine's processor. Called only once the devices run:
 * beside programs that keep the processor busy, a process of low priority would take minutes to start.
 */
function standBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some systems do not allow a lower priority; the devices run anyway.
  }
}
