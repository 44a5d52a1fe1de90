/** Thrown when bytes are not what the writer produced: damaged data, or a bug. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}

/** Reads what `ByteWriter` wrote. Reading past the end throws a {@link CodecError}. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new CodecError('The block ends too early.');
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
      if (scale > 2 ** 56) throw new CodecError('A number in the block is too long.');
    }
    return value;
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  float64(): number {
    if (this.at + 8 > this.bytes.length) throw new CodecError('The block ends too early.');
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new CodecError('The block ends too early.');
    const part = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }
}
