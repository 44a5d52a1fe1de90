import { boardPart } from './board';
import { BOARD_ROLES, type BoardRole } from './cast-boards';
import { COMPUTER_ROLES, type ComputerRole } from './cast-computers';
import { PROGRAM_ROLES, type ProgramRole } from './cast-programs';
import { computerPart, type ComputerCharacter } from './computer';
import type { Behaviour, DemoDevice } from './demo-device';
import { createBursts } from './flow';
import { createProcessList } from './processes';
import { programPart } from './program';
import { createRandom, seedOf, type Random } from './random';
import type { HostTracks, Track } from './track';

type Kind = 'computer' | 'board' | 'program';

/** The kinds of the first devices: a mix in which each kind appears early. Repeats for larger fleets. */
const MIX: readonly Kind[] = [
  'computer',
  'computer',
  'computer',
  'board',
  'program',
  'computer',
  'board',
  'computer',
  'board',
  'computer',
  'program',
  'board',
  'computer',
  'computer',
  'board',
  'computer',
  'program',
  'board',
  'computer',
  'board',
  'computer',
  'program',
  'board',
  'computer',
  'board',
];

const PLACES = ['north', 'south', 'east', 'west', 'hall', 'roof', 'cellar', 'lab', 'yard', 'depot'] as const;

export interface FleetOptions {
  devices: number;
  seed: number;
  /** When the demo starts, s since the epoch; the basis of uptimes and ages. */
  startedAtS: number;
}

/** Creates the demo's devices, always the same for the same seed; the last one waits for approval. */
export function createFleet(host: HostTracks, { devices, seed, startedAtS }: FleetOptions): DemoDevice[] {
  const bursts = createBursts(seed);
  const casting: Casting = { host, bursts, seed, startedAtS };
  const taken: Record<Kind, number> = { computer: 0, board: 0, program: 0 };
  const fleet = Array.from({ length: devices }, (_, i) => {
    const kind = MIX[i % MIX.length] ?? 'computer';
    const nth = taken[kind]++;
    if (kind === 'computer') return castComputer(casting, nth);
    return kind === 'board' ? castBoard(casting, nth) : castProgram(casting, nth);
  });
  return [...fleet, castStranger(casting)];
}

interface Casting {
  host: HostTracks;
  bursts: Track;
  seed: number;
  startedAtS: number;
}

/** Returns the n-th role of a list; beyond its end it starts again, with different names. */
function roleAt<T extends { name: string }>(
  roles: readonly [T, ...T[]],
  nth: number,
  rename: (random: Random, round: number, name: string) => string,
  seed: number,
): { role: T; name: string } {
  const role = roles[nth % roles.length] ?? roles[0];
  const round = Math.floor(nth / roles.length);
  if (round === 0) return { role, name: role.name };
  return { role, name: rename(createRandom(seedOf(seed, `name${nth}`)), nth + 1, role.name) };
}

function base(
  casting: Casting,
  kind: Kind,
  name: string,
  nth: number,
  role: { tags: string[]; says: string[] },
) {
  const own = seedOf(casting.seed, `${kind}${nth}`);
  return {
    own,
    device: {
      id: `demo-${kind}-${String(nth + 1).padStart(4, '0')}`,
      name,
      kind,
      tags: role.tags,
    },
    shared: { behaviour: {} as Behaviour, says: role.says, phaseMs: own % 1_000, intervalMs: 1_000 },
  };
}

function castComputer(casting: Casting, nth: number): DemoDevice {
  const serial = (random: Random, n: number) => `${random.pick(['node', 'srv', 'pc', 'edge'])}-${n}`;
  const { role, name } = roleAt<ComputerRole>(COMPUTER_ROLES, nth, serial, casting.seed);
  const { own, device, shared } = base(casting, 'computer', name, nth, role);
  const character = nth < COMPUTER_ROLES.length ? role.character : vary(role.character, own);
  return {
    ...shared,
    declaration: { ...device, os: role.os, arch: role.arch, model: role.model },
    dialect: 'agent',
    part: computerPart(casting.host, casting.bursts, own, character, casting.startedAtS),
    // One laptop with a wrong clock: its agent corrects its rows, and the UI shows by how much.
    behaviour: role.name === 'laptop-anna' && nth < COMPUTER_ROLES.length ? { clockOffsetMs: -94_300 } : {},
    processes: createProcessList(own, role.os, character),
  };
}

/** Varies a machine, with at most four cores, so that large fleets stay light. */
function vary(character: ComputerCharacter, seed: number): ComputerCharacter {
  const random = createRandom(seed);
  return {
    ...character,
    cores: Math.min(4, character.cores),
    base: character.base * random.between(0.4, 1.7),
    gain: character.gain * random.between(0.5, 1.6),
    memoryUsed: Math.min(0.9, character.memoryUsed * random.between(0.6, 1.3)),
    fileSystems: character.fileSystems.map(([path, size, used]) => [
      path,
      size,
      Math.min(0.97, used * random.between(0.5, 1.4)),
    ]),
    bootDaysAgo: random.between(0.1, 300),
  };
}

function castBoard(casting: Casting, nth: number): DemoDevice {
  const place = (random: Random, n: number) => `${random.pick(PLACES)}-sensor-${n}`;
  const { role, name } = roleAt<BoardRole>(BOARD_ROLES, nth, place, casting.seed);
  const { own, device, shared } = base(casting, 'board', name, nth, role);
  const first = nth < BOARD_ROLES.length;
  return {
    ...shared,
    declaration: { ...device, model: role.model },
    // Simple devices cannot say that they belong to the demo; a few that are known by name are enough.
    dialect: first ? role.dialect : 'agent',
    part: boardPart(own, role.measures, casting.startedAtS),
    behaviour: first ? role.behaviour : {},
    intervalMs: role.intervalMs,
    processes: null,
  };
}

function castProgram(casting: Casting, nth: number): DemoDevice {
  const worker = (_: Random, n: number, name: string) => `${name}-${n}`;
  const { role, name } = roleAt<ProgramRole>(PROGRAM_ROLES, nth, worker, casting.seed);
  const { own, device, shared } = base(casting, 'program', name, nth, role);
  return {
    ...shared,
    declaration: { ...device, model: role.model },
    dialect: 'agent',
    part: programPart(casting.bursts, own, role.character, casting.startedAtS),
    processes: null,
  };
}

/** Creates a new board that knows only the address. */
function castStranger(casting: Casting): DemoDevice {
  const { own, device, shared } = base(casting, 'board', 'new-esp32', 9_998, { tags: [], says: [] });
  return {
    ...shared,
    declaration: { ...device, model: 'ESP32-WROOM' },
    dialect: 'agent',
    part: boardPart(
      own,
      [
        { what: 'temperature', mean: 21, swing: 1 },
        { what: 'rssi', mean: -55 },
      ],
      casting.startedAtS,
    ),
    behaviour: { unapproved: true },
    intervalMs: 2_000,
    processes: null,
  };
}
