import type { DatabaseSync } from 'node:sqlite';
import { ChunkTable } from './chunk-table';
import { openReader } from './database';
import { JournalReader } from './sources';

/** A separate connection that sees one moment of the database while writing continues. */
export interface Snapshot {
  chunks: ChunkTable;
  journal: JournalReader;
  end(): void;
}

interface Reader {
  db: DatabaseSync;
  chunks: ChunkTable;
  journal: JournalReader;
}

/** Reading connections, one per running query, reused by later ones. */
export class Readers {
  readonly #path: string;
  readonly #idle: Reader[] = [];
  readonly #all = new Set<Reader>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Starts a snapshot of the current state. */
  begin(): Snapshot {
    const reader = this.#idle.pop() ?? this.#open();
    reader.db.exec('BEGIN; SELECT 1 FROM meta LIMIT 1');
    return {
      chunks: reader.chunks,
      journal: reader.journal,
      end: () => {
        if (!reader.db.isOpen) return;
        reader.db.exec('ROLLBACK');
        this.#idle.push(reader);
      },
    };
  }

  close(): void {
    for (const { db } of this.#all) if (db.isOpen) db.close();
    this.#all.clear();
    this.#idle.length = 0;
  }

  #open(): Reader {
    const db = openReader(this.#path);
    const reader = { db, chunks: new ChunkTable(db), journal: new JournalReader(db) };
    this.#all.add(reader);
    return reader;
  }
}
