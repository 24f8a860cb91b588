import { KeyRing, parseKeys } from '../../src/platform/key-ring';

/** What tests and benchmarks seal with: known to everybody, and fixed, for recorded histories are sealed with it. */
export const TEST_KEYS = { TENOR_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 'tenor').toString('base64')}` };
export const testKeyRing = (): KeyRing => new KeyRing(parseKeys(TEST_KEYS.TENOR_ENCRYPTION_KEYS) ?? []);

/** Tests and benchmarks share their machine with all that they start: that an event loop is late there is no overload. */
export const BUSY_MACHINE = { MAX_EVENT_LOOP_DELAY_MS: '10000' };
