import type { ProgramCharacter } from './program';

export interface ProgramRole {
  name: string;
  model: string;
  tags: string[];
  says: string[];
  character: ProgramCharacter;
}

const WEB: ProgramCharacter = {
  counts: 'http.requests',
  unit: '{request}',
  perSec: 42,
  latencyMs: 18,
  queue: 3,
  workers: 16,
  memoryMb: 340,
  errorShare: 0.004,
};

function role(
  name: string,
  model: string,
  tags: string[],
  character: Partial<ProgramCharacter>,
  says: string[] = [],
): ProgramRole {
  return { name, model, tags, says, character: { ...WEB, ...character } };
}

/** Services and scripts, in the order in which a demo takes them. */
export const PROGRAM_ROLES: readonly [ProgramRole, ...ProgramRole[]] = [
  role('web-shop', 'Node.js 24', ['production', 'web'], {}, ['Deployed version 4.18.2', 'Cache cleared']),
  role(
    'job-queue',
    'Python 3.14',
    ['production'],
    {
      counts: 'jobs',
      unit: '{job}',
      perSec: 6,
      latencyMs: 240,
      queue: 34,
      workers: 8,
      memoryMb: 510,
      errorShare: 0.02,
    },
    ['Worker 3 restarted', 'Nightly import: 18,204 rows'],
  ),
  role('mail-relay', 'Go 1.27', ['production'], {
    counts: 'mails',
    unit: '{message}',
    perSec: 0.8,
    latencyMs: 310,
    queue: 5,
    workers: 4,
    memoryMb: 46,
    errorShare: 0.03,
  }),
  role('api-gateway', 'Rust', ['production', 'web'], { perSec: 310, latencyMs: 4.5, memoryMb: 88, queue: 1 }),
  role('image-resizer', 'Node.js 24', ['production'], {
    counts: 'images',
    unit: '{image}',
    perSec: 3.2,
    latencyMs: 420,
    queue: 12,
    workers: 6,
    memoryMb: 720,
    errorShare: 0.01,
  }),
  role(
    'game-server',
    'Java 27',
    ['home', 'games'],
    {
      counts: 'ticks',
      unit: '{tick}',
      perSec: 20,
      latencyMs: 11,
      queue: 0,
      workers: 4,
      memoryMb: 4_100,
      errorShare: 0,
    },
    ['anna joined the game', 'World saved'],
  ),
  role('search-index', 'Java 27', ['production'], { perSec: 18, latencyMs: 37, memoryMb: 2_900, queue: 4 }),
  role('home-hub', 'Python 3.14', ['home'], {
    counts: 'automations',
    unit: '{automation}',
    perSec: 0.3,
    latencyMs: 55,
    queue: 0,
    workers: 2,
    memoryMb: 390,
    errorShare: 0.01,
  }),
];
