export const PATIENCE_MS: number;
export const TEST_TIMEOUT_MS: number;
