export { TokenBucket } from '@shared/token-bucket';
