import { ChangeLog } from './change-log';
import { Page, Sheet, type PageRoom, type SheetChange } from './sheet';

/** How much time the rings cover if the budget allows, ms: 15 minutes plus a margin for the UI. */
export const RING_WINDOW_MS = 16 * 60_000;

/** Memory of released pages is kept up to this size, for new pages of the same size. */
const MAX_FREE_BYTES = 2 * 1024 * 1024;

/**
 * Owns the pages of all sheets under one byte budget. When a new page does not fit, the oldest pages are dropped,
 * whichever sheet they belong to, so that every series keeps about the same stretch of time. The page that a sheet is
 * writing stays, so its latest values are always available. Once the budget is used up, new pages reuse the memory of
 * old ones: fresh memory would cost more than the samples that go into it.
 */
export class RingMemory {
  readonly budgetBytes: number;
  /** Records which sheets got rows, and which are gone. */
  readonly changes: ChangeLog<SheetChange>;
  #usedBytes = 0;
  /** Pages in the order in which they were started; `#head` is the first one still held. */
  #queue: Page[] = [];
  #head = 0;
  /** Keyed by rows and columns. */
  readonly #free = new Map<string, PageRoom[]>();
  #freeBytes = 0;

  constructor(budgetBytes: number, changes = new ChangeLog<SheetChange>()) {
    this.budgetBytes = budgetBytes;
    this.changes = changes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  createSheet(series: readonly number[]): Sheet {
    const newPage = (sheet: Sheet, capacity: number, firstRow: number): Page => {
      this.#makeRoom(capacity * (sheet.width + 1) * 8);
      const page = new Page(sheet, capacity, firstRow, this.#takeRoom(sheet.width, capacity));
      this.#usedBytes += page.bytes;
      this.#queue.push(page);
      return page;
    };
    return new Sheet(series, newPage, this.changes);
  }

  /** Drops pages whose newest row is older than `before`, ms since the epoch. */
  dropOlderThan(before: number): void {
    const { pages, stuck } = this.#takeAll();
    for (const page of pages) {
      if (page.lastTime < before && this.#isOldestOfMany(page)) this.#release(page);
      else stuck.push(page);
    }
    this.#queue = stuck;
  }

  /** Drops rows that are newer than `time`, ms since the epoch, because they came by a wrong clock. */
  dropNewerThan(time: number): void {
    const sheets = new Set(this.#queue.slice(this.#head).map(({ sheet }) => sheet));
    const emptied = new Set<Page>();
    for (const sheet of sheets) for (const page of sheet.dropAfter(time)) emptied.add(page);
    const { pages } = this.#takeAll();
    for (const page of emptied) this.#usedBytes -= page.bytes;
    this.#queue = pages.filter((page) => !emptied.has(page));
  }

  /** Forgets a sheet and all its pages. */
  dropSheet(sheet: Sheet): void {
    const { pages, stuck } = this.#takeAll();
    for (const page of pages) {
      if (page.sheet === sheet) this.#usedBytes -= page.bytes;
      else stuck.push(page);
    }
    this.#queue = stuck;
    sheet.pages.length = 0;
  }

  #takeAll(): { pages: Page[]; stuck: Page[] } {
    const pages = this.#queue.slice(this.#head);
    this.#head = 0;
    this.#queue = [];
    return { pages, stuck: [] };
  }

  #makeRoom(bytes: number): void {
    let looks = this.#queue.length - this.#head;
    while (this.#usedBytes + bytes > this.budgetBytes && looks-- > 0) {
      const page = this.#queue[this.#head++];
      if (!page) break;
      if (this.#isOldestOfMany(page)) {
        this.#release(page);
        this.#keepRoom(page);
      } else this.#queue.push(page);
    }
    if (this.#head > 4_096 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  #keepRoom(page: Page): void {
    if (this.#freeBytes + page.bytes > MAX_FREE_BYTES) {
      this.#free.clear();
      this.#freeBytes = 0;
    }
    const { t, v } = page;
    const size = `${page.capacity}x${page.sheet.width}`;
    const rooms = this.#free.get(size);
    if (rooms) rooms.push({ t, v });
    else this.#free.set(size, [{ t, v }]);
    this.#freeBytes += page.bytes;
  }

  #takeRoom(width: number, capacity: number): PageRoom | undefined {
    const room = this.#free.get(`${capacity}x${width}`)?.pop();
    if (room) this.#freeBytes -= capacity * (width + 1) * 8;
    return room;
  }

  #isOldestOfMany(page: Page): boolean {
    return page.sheet.pages.length > 1 && page.sheet.pages[0] === page;
  }

  #release(page: Page): void {
    page.sheet.pages.shift();
    page.sheet.missed(page.lastTime);
    this.#usedBytes -= page.bytes;
  }
}
