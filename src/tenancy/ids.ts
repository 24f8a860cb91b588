import { monotonicFactory } from 'ulid';

/** Monotonic within a process: what it made later also sorts later, which lists by id rely on. */
const nextUlid = monotonicFactory();

/** Prefixes of the ids that a command makes; each is followed by the command's own ULID. */
export type IdPrefix = 'pool' | 'ctrb' | 'mem' | 'loan' | 'job' | 'rpmt' | 'disb' | 'aud' | 'evt' | 'fin_txn';

/** A new id of a kind, which sorts after those that this process made before. */
export const newId = (prefix: IdPrefix): string => `${prefix}_${nextUlid()}`;

/** A new command's id, `cmd_<ULID>`. */
export const newCommandId = (): string => `cmd_${nextUlid()}`;

/** A new request's id, where the caller brought none. */
export const newRequestId = (): string => `req_${nextUlid()}`;

/** The id that a command gives to what it makes: repeating the command makes the same ids, so it makes nothing twice. */
export const idOf = (prefix: IdPrefix, commandId: string): string => `${prefix}_${commandId.slice('cmd_'.length)}`;
