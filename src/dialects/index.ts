import type { Operation } from '../api/operation';
import type { Surface } from '../api/surface';
import { type Dialect, descriptionOf } from './dialect';
import { p2p } from './p2p/dialect';
import { tyche } from './tyche/dialect';

const DIALECTS: readonly Dialect[] = [p2p, tyche];

export const SURFACES: readonly Surface[] = DIALECTS.map(({ surface }) => surface);

/** All that can be asked in a dialect. */
export const DIALECT_OPERATIONS: readonly Operation[] = DIALECTS.flatMap((dialect) => [
  descriptionOf(dialect),
  ...dialect.operations,
]);
