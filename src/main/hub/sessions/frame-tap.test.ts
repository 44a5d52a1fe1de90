import { describe, expect, it } from 'vitest';
import type { FrameInfo } from '@shared/model';
import { FrameTap } from './frame-tap';

function shown(payload: Buffer | string, opcode: FrameInfo['opcode'] = 'text'): FrameInfo {
  const tap = new FrameTap();
  const frames: FrameInfo[] = [];
  tap.listen((frame) => frames.push(frame));
  tap.show('in', opcode, payload, 5);
  return frames[0] ?? expect.fail('nothing was shown');
}

describe('the frame inspector', () => {
  it('hides keys and tokens, wherever they stand and wherever the preview ends', () => {
    const key = `wwk_${'k'.repeat(43)}`;
    expect(shown(`{"type":"hello","key":"${key}","token" : "a\\"b","now":1}`).preview).toBe(
      '{"type":"hello","key":"(hidden)","token" : "(hidden)","now":1}',
    );
    expect(shown(Buffer.from(`{"type":"admission","key":"${key}"}`), 'binary').preview).not.toContain(key);
    expect(shown(`the key is ${key}.`).preview).toBe('the key is (hidden).');
    const cut = shown(`{"pad":"${'x'.repeat(480)}","key":"${key}"}`);
    expect(cut.preview).toMatch(/"key":"\(hidden\)$/);
    expect(cut.truncated).toBe(true);
  });

  it('leaves everything else as it was on the wire', () => {
    const text = '{"values":{"temp":21.5,"monkey":"b"}}';
    expect(shown(text)).toMatchObject({ preview: text, truncated: false, payloadBytes: text.length });
    expect(shown(Buffer.from([0xde, 0xad]), 'ping').preview).toBe('de ad');
  });
});
