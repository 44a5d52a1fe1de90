import { crc32 } from './crc32';

/**
 * A file of frames: `u32 length, u32 crc, payload`, little-endian. The checksum covers the length and the payload and
 * begins with a number that stands for the file and the frame's place in it, so a frame is valid only there. Whatever a
 * crash leaves behind (half a frame, zeros, an older block) is therefore no frame, and frames behind damage still are.
 */
export const FRAME_HEAD_BYTES = 8;
const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;

/**
 * Turns a buffer whose payload starts at {@link FRAME_HEAD_BYTES} into a frame. Returns its checksum. `seed` is that of
 * {@link seedAt}; 0 for the first frame of a file.
 */
export function finishFrame(frame: Buffer, seed: number): number {
  frame.writeUInt32LE(frame.length - FRAME_HEAD_BYTES, 0);
  const crc = crc32(frame.subarray(FRAME_HEAD_BYTES), crc32(frame.subarray(0, 4), seed));
  frame.writeUInt32LE(crc, 4);
  return crc;
}

/** What the checksum of a frame at `position` begins with, in a file whose first frame has the checksum `base`. */
export function seedAt(position: number, base: number): number {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleLE(position, 0);
  return crc32(bytes, base);
}

export interface Frame {
  payload: Buffer;
  /** Where the frame ends. */
  end: number;
  crc: number;
}

/**
 * The frame at `start`, or null if there is no complete and undamaged one. In files of format 1, `seed` is the checksum
 * of the frame before.
 */
export function readFrame(file: Buffer, start: number, seed: number): Frame | null {
  if (file.length - start <= FRAME_HEAD_BYTES) return null;
  const length = file.readUInt32LE(start);
  const end = start + FRAME_HEAD_BYTES + length;
  if (length === 0 || length > MAX_PAYLOAD_BYTES || end > file.length) return null;
  const payload = file.subarray(start + FRAME_HEAD_BYTES, end);
  const crc = file.readUInt32LE(start + 4);
  if (crc32(payload, crc32(file.subarray(start, start + 4), seed)) !== crc) return null;
  return { payload, end, crc };
}
