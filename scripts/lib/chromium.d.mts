export function findChromium(): Promise<string | null>;
export function ensureChromium(say?: (what: string) => void): Promise<string | null>;
