/**
 * A display choice of this browser, kept across restarts. It is not in the hub's settings, because other screens may
 * want another choice. `parse` turns the stored text, if any, into a valid value.
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
      // Without storage the choice lasts until the window closes.
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

/** Accepts one of `values`; anything else becomes the first. */
export function oneOf<T extends string>(values: readonly [T, ...T[]]): (stored: string | null) => T {
  return (stored) => values.find((value) => value === stored) ?? values[0];
}
