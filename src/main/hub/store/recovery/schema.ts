import { migrate } from '../migrations';
import type { Pages } from './pages';
import { Trees } from './trees';
import { sqlite } from '../sqlite';

/**
 * Whether a file has exactly the tables of this version, whatever its header says. A newer version has others, so a file
 * that says to be newer and has not is damaged there.
 */
export function hasSchemaOfNow(pages: Pages): boolean {
  const found: string[] = [];
  for (const { values } of new Trees(pages).rows(1))
    found.push(JSON.stringify([values?.[0], values?.[1], values?.[4]]));
  const db = new (sqlite().DatabaseSync)(':memory:');
  try {
    migrate(db, 0);
    const wanted = db.prepare('SELECT type, name, sql FROM sqlite_schema').all();
    const texts = wanted.map(({ type, name, sql }) => JSON.stringify([type, name, sql]));
    return JSON.stringify(texts.sort()) === JSON.stringify(found.sort());
  } finally {
    db.close();
  }
}
