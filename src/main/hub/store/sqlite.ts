import type * as Sqlite from 'node:sqlite';

/**
 * Node's SQLite, loaded when it is first needed: programs also start on a Node or an Electron without it, and keep samples
 * in memory then. Throws where there is none.
 */
export function sqlite(): typeof Sqlite {
  const found: typeof Sqlite | undefined = process.getBuiltinModule('node:sqlite');
  if (!found) throw new Error(`Node ${process.version} has no SQLite`);
  return found;
}
