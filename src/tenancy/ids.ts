import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';

/** Random bytes are fetched by so many: one call for each letter of an id shows in a commit's time. */
const pool = new Uint8Array(1_024);
let used = pool.length;

/** From 0 to below 1, in steps of 1/256: a letter of an id takes the upper five bits. */
function random(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 1;
  return (pool[used - 1] ?? 0) / 256;
}

/** Monotonic within a process: what it made later also sorts later, which lists by id rely on. */
const nextUlid = monotonicFactory(random);

/** Prefixes of the ids that a command makes; each is followed by the command's own ULID. */
export type IdPrefix =
  | 'pool'
  | 'ctrb'
  | 'dist'
  | 'batch'
  | 'mem'
  | 'prod'
  | 'loan'
  | 'job'
  | 'rpmt'
  | 'disb'
  | 'crd'
  | 'aud'
  | 'evt'
  | 'whk'
  | 'key'
  | 'fin_txn';

/** A new id of a kind, which sorts after those that this process made before. */
export const newId = (prefix: IdPrefix): string => `${prefix}_${nextUlid()}`;

/** A new command's id, `cmd_<ULID>`. */
export const newCommandId = (): string => `cmd_${nextUlid()}`;

/** A new request's id, where the caller brought none. */
export const newRequestId = (): string => `req_${nextUlid()}`;

/** The id that a command gives to what it makes: repeating the command makes the same ids, so it makes nothing twice. */
export const idOf = (prefix: IdPrefix, commandId: string): string => `${prefix}_${commandId.slice('cmd_'.length)}`;
