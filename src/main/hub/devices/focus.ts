/** Which devices UIs look at now: as long as one feed does, their agents sample at `FOCUS_INTERVAL_MS`. */
export class Focus {
  /** By device, how many feeds look at it. */
  readonly #feeds = new Map<string, number>();

  has(device: string): boolean {
    return this.#feeds.has(device);
  }

  /** One feed looks at `after` instead of `before`. Returns the devices that are looked at only since, or no longer. */
  move(before: readonly string[], after: readonly string[]): string[] {
    return [...new Set([...before, ...after])].filter((device) => {
      const change = Number(after.includes(device)) - Number(before.includes(device));
      const feeds = this.#feeds.get(device) ?? 0;
      if (feeds + change > 0) this.#feeds.set(device, feeds + change);
      else this.#feeds.delete(device);
      return feeds > 0 !== feeds + change > 0;
    });
  }
}
