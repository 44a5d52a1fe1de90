export const electronVersion: string;
export function findElectron(): string | null;
export function whyNoWindow(): string | null;
export function electronEnvironment(): Record<string, string | undefined>;
