import { crc32 } from './crc32';

/**
 * A file of frames: `u32 length, u32 crc, payload`, little-endian. The checksum covers the length and the payload and
 * continues from the previous frame, so a frame is valid only at its own place in its own file. Whatever a crash
 * leaves behind (half a frame, zeros, an older block) therefore ends the file where it begins.
 */
export const FRAME_HEAD_BYTES = 8;
const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;

/**
 * Turns a buffer whose payload starts at {@link FRAME_HEAD_BYTES} into a frame. Returns its checksum, for the next
 * frame.
 */
export function finishFrame(frame: Buffer, chain: number): number {
  frame.writeUInt32LE(frame.length - FRAME_HEAD_BYTES, 0);
  const crc = crc32(frame.subarray(FRAME_HEAD_BYTES), crc32(frame.subarray(0, 4), chain));
  frame.writeUInt32LE(crc, 4);
  return crc;
}

export interface Frame {
  payload: Buffer;
  /** Where the frame ends. */
  end: number;
  crc: number;
}

/** The frame at `start`, or null if there is no complete and undamaged one. */
export function readFrame(file: Buffer, start: number, chain: number): Frame | null {
  if (file.length - start <= FRAME_HEAD_BYTES) return null;
  const length = file.readUInt32LE(start);
  const end = start + FRAME_HEAD_BYTES + length;
  if (length === 0 || length > MAX_PAYLOAD_BYTES || end > file.length) return null;
  const payload = file.subarray(start + FRAME_HEAD_BYTES, end);
  const crc = file.readUInt32LE(start + 4);
  if (crc32(payload, crc32(file.subarray(start, start + 4), chain)) !== crc) return null;
  return { payload, end, crc };
}
