import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { readLogFrames, type LogFrames } from './log-frames';

/** The size of the pages of all our files; what a damaged header says of it is not asked. */
export const PAGE_SIZE = 4_096;
const MAX_CACHED = 512;
/** What the pointer map says of a page, sqlite.org/fileformat2.html#pointer_map_or_ptrmap_pages. */
export const MAP = { root: 1, free: 2, firstOverflow: 3, overflow: 4, tree: 5 } as const;
const MAP_ENTRY_BYTES = 5;
const MAP_ENTRIES = Math.floor(PAGE_SIZE / MAP_ENTRY_BYTES);

/** The pages of a database as they are after the changes in its log, however damaged either is. Reads only. */
export class Pages {
  readonly log: LogFrames;
  readonly count: number;
  /** Null where only the log is left. */
  readonly #file: number | null;
  readonly #fileBytes: number;
  readonly #logFile: number | null;
  readonly #cache = new Map<number, Buffer>();
  #overflowOf: Map<number, number[]> | null = null;

  /** Throws what the file system does. */
  constructor(path: string) {
    this.log = readLogFrames(`${path}-wal`);
    this.#logFile = this.log.pages.size > 0 ? openSync(`${path}-wal`, 'r') : null;
    this.#file = statSync(path, { throwIfNoEntry: false })?.isFile() === true ? openSync(path, 'r') : null;
    this.#fileBytes = this.#file === null ? 0 : fstatSync(this.#file).size;
    this.count = Math.max(Math.ceil(this.#fileBytes / PAGE_SIZE), this.log.pageCount ?? 0);
  }

  /** The newest whole image of a page; null when there is none, or only a part of it. */
  page(number: number): Buffer | null {
    const cached = this.#cache.get(number);
    if (cached) return cached;
    const page = this.#read(number);
    if (!page) return null;
    if (this.#cache.size >= MAX_CACHED) {
      const [oldest] = this.#cache.keys();
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
    this.#cache.set(number, page);
    return page;
  }

  /** Newer images of a page than `page` gives, of which parts are damaged; and the first part of a page that was cut. */
  damagedImages(number: number): Buffer[] {
    const images: Buffer[] = [];
    for (const at of this.log.pages.get(number)?.damaged ?? []) {
      const image = this.#logFile === null ? null : readPage(this.#logFile, at);
      if (image) images.push(image);
    }
    return images;
  }

  /** The numbers of all pages that have damaged images in the log. */
  get damagedPages(): number[] {
    return [...this.log.pages].flatMap(([page, { damaged }]) => (damaged.length > 0 ? [page] : []));
  }

  /** What the pointer map says of a page; null for the map's own pages and where it makes no sense. */
  mapped(number: number): { kind: number; parent: number } | null {
    if (number < 3) return null;
    const group = Math.floor((number - 2) / (MAP_ENTRIES + 1));
    const mapPage = 2 + group * (MAP_ENTRIES + 1);
    if (number === mapPage) return null;
    const map = this.page(mapPage);
    const at = (number - mapPage - 1) * MAP_ENTRY_BYTES;
    const kind = map?.[at] ?? 0;
    const parent = map?.readUInt32BE(at + 1) ?? 0;
    return kind >= MAP.root && kind <= MAP.tree && parent <= this.count ? { kind, parent } : null;
  }

  isMapPage(number: number): boolean {
    return number >= 2 && (number - 2) % (MAP_ENTRIES + 1) === 0;
  }

  /** The overflow pages that the pointer map gives to a page, be it a leaf or an overflow page itself. */
  overflowOf(number: number): readonly number[] {
    if (!this.#overflowOf) {
      this.#overflowOf = new Map();
      for (let page = 3; page <= this.count; page++) {
        const entry = this.mapped(page);
        if (entry?.kind !== MAP.firstOverflow && entry?.kind !== MAP.overflow) continue;
        const known = this.#overflowOf.get(entry.parent);
        if (known) known.push(page);
        else this.#overflowOf.set(entry.parent, [page]);
      }
    }
    return this.#overflowOf.get(number) ?? [];
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    if (this.#logFile !== null) closeSync(this.#logFile);
  }

  #read(number: number): Buffer | null {
    if (number < 1 || number > this.count) return null;
    const at = this.log.pages.get(number)?.whole;
    if (typeof at === 'number' && this.#logFile !== null) return readPage(this.#logFile, at);
    return this.#file === null ? null : readPage(this.#file, (number - 1) * PAGE_SIZE);
  }
}

/** A page; what is missing of one that was cut off is zero. */
function readPage(file: number, at: number): Buffer | null {
  const page = Buffer.alloc(PAGE_SIZE);
  return readSync(file, page, 0, PAGE_SIZE, at) > 0 ? page : null;
}
