/**
 * A choice of how this browser shows things, kept across restarts; the hub's settings are no place for it,
 * since another screen may want it otherwise. `parse` turns what was stored, if anything, into a valid value.
 */
export class Remembered<T extends string> {
  readonly #key: string;
  #value: T;

  constructor(name: string, parse: (stored: string | null) => T) {
    this.#key = `wirewatch.${name}`;
    this.#value = $state(parse(read(this.#key)));
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    try {
      localStorage.setItem(this.#key, value);
    } catch {
      // Without storage it holds until the window closes.
    }
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** One of `values`, the first when what was stored is none of them. */
export function oneOf<T extends string>(values: readonly [T, ...T[]]): (stored: string | null) => T {
  return (stored) => values.find((value) => value === stored) ?? values[0];
}
