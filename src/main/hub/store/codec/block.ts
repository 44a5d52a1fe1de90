// As a whole, because a Node without zstd cannot load a module that names its functions.
import zlib, { constants, crc32 } from 'node:zlib';
import { ByteReader, CodecError } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { readColumn, writeColumn } from './column';
import { unpaused, type Pausing } from '../pauses';

/**
 * A block: columns over one shared time column, compressed. Layout:
 *
 *     crc32 of the rest (4 bytes, little endian), version (1), length of the packed head (varint), packed head,
 *     packed groups, one after another
 *
 * From version 2 on the checksum begins with a number that stands for the block's place, so that a block that is found
 * in another place (a page copied over another) counts as damaged there.
 *
 * The head holds the row count, the time column, and the directory: for each group its packed and plain length and
 * its columns' ids (as differences) and lengths. Columns are gathered into groups of about `GROUP_BYTES` that are
 * compressed together, so that one column can be read without unpacking the whole block.
 */
export interface Block {
  /** Strictly rising, ms. */
  t: Float64Array;
  /** By rising id. */
  columns: BlockColumn[];
}

export interface BlockColumn {
  id: number;
  /** NaN means no value. */
  v: Float64Array;
}

export interface EncodedBlock {
  bytes: Uint8Array;
  /** The number of values that are not NaN. */
  samples: number;
}

/** Version 1 has the same layout; its checksum does not depend on the block's place. */
const UNPLACED_VERSION = 1;
const VERSION = 2;
const GROUP_BYTES = 24 * 1024;
const CRC_BYTES = 4;
/** Below this size a frame's header outweighs what compression saves. */
const MIN_PACK_BYTES = 48;
/** The smallest output buffer that zlib accepts. */
const MIN_CHUNK_BYTES = 64;
/** The largest allowed plain length, so that a damaged length cannot request more memory. */
const MAX_PLAIN_BYTES = 256 * 1024 * 1024;

/**
 * Writes blocks, one at a time, with working memory that is reused. `level` is zstd's; 0 writes a block uncompressed and
 * skips the search for the smallest form of each column. `place` is the checksum of where the block will be, see
 * `checksums.ts`.
 */
export class BlockEncoder {
  readonly #head = new ByteWriter(16_384);
  readonly #body = new ByteWriter(256 * 1_024);
  readonly #directory = new ByteWriter(4_096);
  readonly #group = new ByteWriter(64 * 1_024);

  /** Pauses after each group of columns; another block must not be begun before this one is done. */
  *encode({ t, columns }: Block, level = 3, place = 0): Pausing<EncodedBlock> {
    const [head, body, directory, group] = [this.#head, this.#body, this.#directory, this.#group];
    head.clear();
    body.clear();
    directory.clear();
    group.clear();
    head.varint(t.length);
    writeColumn(head, t);
    let samples = 0;
    let inGroup = 0;
    let previousId = 0;
    const flush = (): void => {
      const packed = pack(group.written(), level);
      head.varint(inGroup);
      head.varint(packed.length);
      head.varint(group.length);
      head.append(directory.written());
      body.append(packed);
      inGroup = 0;
      group.clear();
      directory.clear();
    };
    for (const { id, v } of columns) {
      const start = group.length;
      samples += writeColumn(group, v, level === 0);
      directory.varint(id - previousId);
      directory.varint(group.length - start);
      previousId = id;
      inGroup++;
      if (group.length < GROUP_BYTES) continue;
      flush();
      yield;
    }
    if (inGroup > 0) flush();
    head.varint(0);
    const packedHead = pack(head.written(), level);
    const out = new ByteWriter(CRC_BYTES + 12 + packedHead.length + body.length);
    out.length = CRC_BYTES;
    out.byte(VERSION);
    out.varint(packedHead.length);
    out.varint(head.length);
    out.append(packedHead);
    out.append(body.written());
    const bytes = out.written();
    new DataView(bytes.buffer).setUint32(0, crc32(bytes.subarray(CRC_BYTES), place), true);
    return { bytes, samples };
  }
}

const encoder = new BlockEncoder();

/** Writes a block without a pause, see {@link BlockEncoder}. */
export function encodeBlock(block: Block, level?: number, place?: number): EncodedBlock {
  return unpaused(encoder.encode(block, level, place));
}

/** Whether the checksum matches the bytes and their place. */
export function isIntact(bytes: Uint8Array, place = 0): boolean {
  if (bytes.length <= CRC_BYTES) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[CRC_BYTES] === UNPLACED_VERSION ? 0 : place;
  return view.getUint32(0, true) === crc32(bytes.subarray(CRC_BYTES), start);
}

interface Group {
  at: number;
  packedLength: number;
  plainLength: number;
  ids: number[];
  lengths: number[];
}

/** Reads a block column by column. Throws a {@link CodecError} when the bytes are damaged. */
export class BlockReader {
  readonly t: Float64Array<ArrayBuffer>;
  readonly #bytes: Uint8Array;
  readonly #groups: Group[] = [];
  #plain: { group: Group; bytes: Uint8Array } | null = null;

  constructor(bytes: Uint8Array, place = 0) {
    if (!isIntact(bytes, place)) throw new CodecError('The checksum of a block does not match.');
    const input = new ByteReader(bytes, CRC_BYTES);
    const version = input.byte();
    if (version !== VERSION && version !== UNPLACED_VERSION)
      throw new CodecError('A block has an unknown version.');
    const packedLength = input.varint();
    const plainLength = input.varint();
    const plainHead = unpack(input.take(packedLength), plainLength);
    this.#bytes = bytes;
    let at = input.at;
    const reader = new ByteReader(plainHead);
    const rows = reader.varint();
    this.t = readColumn(reader, rows);
    let id = 0;
    for (;;) {
      const count = reader.varint();
      if (count === 0) break;
      const one: Group = {
        at,
        packedLength: reader.varint(),
        plainLength: reader.varint(),
        ids: [],
        lengths: [],
      };
      for (let i = 0; i < count; i++) {
        id += reader.varint();
        one.ids.push(id);
        one.lengths.push(reader.varint());
      }
      at += one.packedLength;
      this.#groups.push(one);
    }
  }

  /** Ids of all columns, rising. */
  ids(): number[] {
    return this.#groups.flatMap((one) => one.ids);
  }

  /** One column, or null when the block has none with that id. Fastest when called with rising ids. */
  column(id: number): Float64Array<ArrayBuffer> | null {
    for (const one of this.#groups) {
      if ((one.ids.at(-1) ?? -1) < id) continue;
      const index = one.ids.indexOf(id);
      if (index < 0) return null;
      let start = 0;
      for (let i = 0; i < index; i++) start += one.lengths[i] ?? 0;
      return readColumn(new ByteReader(this.#unpacked(one), start), this.t.length);
    }
    return null;
  }

  /** All columns. */
  all(): Block {
    const columns: BlockColumn[] = [];
    for (const one of this.#groups) {
      const reader = new ByteReader(this.#unpacked(one));
      for (const id of one.ids) columns.push({ id, v: readColumn(reader, this.t.length) });
    }
    return { t: this.t, columns };
  }

  #unpacked(one: Group): Uint8Array {
    if (this.#plain?.group === one) return this.#plain.bytes;
    const packed = this.#bytes.subarray(one.at, one.at + one.packedLength);
    const bytes = unpack(packed, one.plainLength);
    this.#plain = { group: one, bytes };
    return bytes;
  }
}

/** Compresses the bytes, or returns them unchanged when that is no longer; the lengths tell which. */
function pack(bytes: Uint8Array, level: number): Uint8Array {
  if (level === 0 || bytes.length < MIN_PACK_BYTES) return bytes;
  const packed = zlib.zstdCompressSync(bytes, {
    chunkSize: Math.max(MIN_CHUNK_BYTES, bytes.length),
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_contentSizeFlag]: 0 },
  });
  return packed.length < bytes.length ? packed : bytes;
}

function unpack(bytes: Uint8Array, plainLength: number): Uint8Array {
  if (plainLength > MAX_PLAIN_BYTES) throw new CodecError('A block asks for too much memory.');
  if (bytes.length === plainLength) return bytes;
  let plain: Uint8Array;
  try {
    plain = zlib.zstdDecompressSync(bytes, {
      chunkSize: Math.max(MIN_CHUNK_BYTES, plainLength),
      maxOutputLength: Math.max(1, plainLength),
    });
  } catch (error) {
    throw new CodecError(`A block cannot be unpacked: ${error instanceof Error ? error.message : error}`);
  }
  if (plain.length !== plainLength) throw new CodecError('A block unpacks to a different length.');
  return plain;
}
