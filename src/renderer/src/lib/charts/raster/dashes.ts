import type { Polyline } from './polyline';

/** The length of a dash and of a gap, CSS pixels. */
const DASH = 4;
const GAP = 3;
/** Longer pieces are not dashed: they lead far out of the picture, CSS pixels. */
const LONGEST = 20_000;

/** Turns a line into a line of many parts, one for each dash. Dashes are counted from the start of each part. */
export function dashesOf(line: Polyline, dashes: Polyline): void {
  const { x, y, parts } = line;
  dashes.clear();
  for (let part = 0; part < parts.length; part++) {
    const begin = parts[part] as number;
    const end = line.endOf(part);
    let isOn = true;
    let left = DASH;
    dashes.breakHere();
    dashes.push(x[begin] as number, y[begin] as number);
    for (let i = begin + 1; i < end; i++) {
      let x0 = x[i - 1] as number;
      let y0 = y[i - 1] as number;
      const x1 = x[i] as number;
      const y1 = y[i] as number;
      let length = Math.hypot(x1 - x0, y1 - y0);
      while (length > left && length < LONGEST) {
        x0 += ((x1 - x0) * left) / length;
        y0 += ((y1 - y0) * left) / length;
        length -= left;
        if (!isOn) dashes.breakHere();
        dashes.push(x0, y0);
        isOn = !isOn;
        left = isOn ? DASH : GAP;
      }
      left = Math.max(0, left - length);
      if (isOn) dashes.push(x1, y1);
    }
  }
  dashes.finish();
}
