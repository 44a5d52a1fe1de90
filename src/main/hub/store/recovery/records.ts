import { PAGE_SIZE, type Pages } from './pages';

/** Rows and cells as they lie on pages, sqlite.org/fileformat2.html#b_tree_pages and #record_format. */

export type Value = number | string | Buffer | null;

export interface Cell {
  /** Null in trees without row ids. */
  rowId: number | null;
  /** The left child, on pages inside a tree; null on leaves. */
  child: number | null;
  payloadBytes: number;
  /** The part of the payload that is on the page. */
  local: Buffer;
  /** The first overflow page; 0 when the whole payload is on the page. */
  overflow: number;
  /** Where the cell ends on its page. */
  end: number;
}

export const LEAF_OF_TABLE = 0x0d;
export const INSIDE_TABLE = 0x05;
export const LEAF_OF_INDEX = 0x0a;
export const INSIDE_INDEX = 0x02;

const OVERFLOW_BYTES = PAGE_SIZE - 4;
const MAX_LOCAL_TABLE = PAGE_SIZE - 35;
const MAX_LOCAL_INDEX = Math.floor(((PAGE_SIZE - 12) * 64) / 255) - 23;
const MIN_LOCAL = Math.floor(((PAGE_SIZE - 12) * 32) / 255) - 23;
/** More than any row of ours has, so that a damaged length requests no memory. */
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

/** A variable-length integer and where it ends; null when it does not end in the bytes. */
export function readVarint(bytes: Buffer, at: number): { value: number; end: number } | null {
  let value = 0n;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    if (i === 8) return { value: Number(BigInt.asIntN(64, (value << 8n) | BigInt(byte))), end: at + 9 };
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) return { value: Number(value), end: at + i + 1 };
  }
  return null;
}

/** The positions of a page's cells; null when the page does not look like one of a tree. */
export function cellsOf(page: Buffer, number: number): { kind: number; at: number[]; right: number } | null {
  const start = number === 1 ? 100 : 0;
  const kind = page[start] ?? 0;
  const isInside = kind === INSIDE_TABLE || kind === INSIDE_INDEX;
  if (!isInside && kind !== LEAF_OF_TABLE && kind !== LEAF_OF_INDEX) return null;
  const count = page.readUInt16BE(start + 3);
  const first = start + (isInside ? 12 : 8);
  if (first + 2 * count > PAGE_SIZE) return null;
  const at: number[] = [];
  for (let i = 0; i < count; i++) at.push(page.readUInt16BE(first + 2 * i));
  return { kind, at, right: isInside ? page.readUInt32BE(start + 8) : 0 };
}

/** The cell at a position of a page of this kind; null when there cannot be one. */
export function readCell(page: Buffer, kind: number, at: number): Cell | null {
  let next = at;
  let child: number | null = null;
  if (kind === INSIDE_TABLE || kind === INSIDE_INDEX) {
    if (at + 4 > PAGE_SIZE) return null;
    child = page.readUInt32BE(at);
    next += 4;
  }
  if (kind === INSIDE_TABLE) {
    const key = readVarint(page, next);
    return (
      key && {
        rowId: key.value,
        child,
        payloadBytes: 0,
        local: page.subarray(0, 0),
        overflow: 0,
        end: key.end,
      }
    );
  }
  const size = readVarint(page, next);
  if (!size || size.value < 1 || size.value > MAX_PAYLOAD_BYTES) return null;
  next = size.end;
  let rowId: number | null = null;
  if (kind === LEAF_OF_TABLE) {
    const key = readVarint(page, next);
    if (!key) return null;
    rowId = key.value;
    next = key.end;
  }
  const isTable = kind === LEAF_OF_TABLE;
  const localBytes = localPart(size.value, isTable ? MAX_LOCAL_TABLE : MAX_LOCAL_INDEX);
  const hasOverflow = localBytes < size.value;
  const end = next + localBytes + (hasOverflow ? 4 : 0);
  if (end > PAGE_SIZE) return null;
  return {
    rowId,
    child,
    payloadBytes: size.value,
    local: page.subarray(next, next + localBytes),
    overflow: hasOverflow ? page.readUInt32BE(next + localBytes) : 0,
    end,
  };
}

function localPart(payload: number, max: number): number {
  if (payload <= max) return payload;
  const part = MIN_LOCAL + ((payload - MIN_LOCAL) % OVERFLOW_BYTES);
  return part <= max ? part : MIN_LOCAL;
}

/** How many overflow pages a cell has. */
export function overflowPages({ payloadBytes, local }: Cell): number {
  return Math.ceil((payloadBytes - local.length) / OVERFLOW_BYTES);
}

/** The whole payload, following the chain of overflow pages; null when it ends too early or leaves the file. */
export function payloadOf(pages: Pages, cell: Cell): Buffer | null {
  const chain: number[] = [];
  let next = cell.overflow;
  for (let left = overflowPages(cell); left > 0; left--) {
    const page = pages.page(next);
    if (!page || chain.includes(next)) return null;
    chain.push(next);
    next = page.readUInt32BE(0);
  }
  return joined(pages, cell, chain);
}

/** The payload with the overflow pages of this chain; null when one of them is not there. */
export function joined(pages: Pages, cell: Cell, chain: readonly number[]): Buffer | null {
  const parts = [cell.local];
  let left = cell.payloadBytes - cell.local.length;
  for (const number of chain) {
    const page = pages.page(number);
    if (!page) return null;
    // A copy, because cached pages may be dropped meanwhile only as objects; their memory stays as long as it is used.
    parts.push(page.subarray(4, 4 + Math.min(left, OVERFLOW_BYTES)));
    left -= OVERFLOW_BYTES;
  }
  return Buffer.concat(parts, cell.payloadBytes);
}

/** The columns of a record; null when it does not have exactly the bytes that its header says. */
export function readRecord(payload: Buffer): Value[] | null {
  const head = readVarint(payload, 0);
  if (!head || head.value < head.end || head.value > payload.length) return null;
  const values: Value[] = [];
  let at = head.value;
  for (let next = head.end; next < head.value;) {
    const type = readVarint(payload, next);
    if (!type || type.end > head.value || type.value < 0) return null;
    next = type.end;
    const bytes = bytesOf(type.value);
    if (at + bytes > payload.length) return null;
    values.push(valueOf(type.value, payload, at, bytes));
    at += bytes;
  }
  return at === payload.length ? values : null;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0] as const;

function bytesOf(type: number): number {
  return type >= 12 ? Math.floor((type - 12) / 2) : (INTEGER_BYTES[type] ?? 0);
}

function valueOf(type: number, payload: Buffer, at: number, bytes: number): Value {
  if (type >= 12) {
    const part = payload.subarray(at, at + bytes);
    return type % 2 === 0 ? part : part.toString('utf8');
  }
  if (type >= 1 && type <= 5) return payload.readIntBE(at, bytes);
  if (type === 6) return Number(payload.readBigInt64BE(at));
  if (type === 7) return payload.readDoubleBE(at);
  if (type === 8) return 0;
  if (type === 9) return 1;
  return null;
}
