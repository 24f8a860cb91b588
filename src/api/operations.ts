import type { Config } from '../config';
import type { Operation } from './operation';
import { ledgerOperations } from './routes/ledger';
import { loanCommands } from './routes/loan-commands';
import { loanServicing } from './routes/loan-servicing';
import { loanReads } from './routes/loans';
import { memberOperations } from './routes/members';
import { metaOperations } from './routes/meta';
import { oauthOperations } from './routes/oauth';
import { poolOperations } from './routes/pools';
import { productOperations } from './routes/products';
import { sandboxOperations } from './routes/sandbox';

/** Every operation of the API: router, checks and OpenAPI are made of this one table. */
export const OPERATIONS: readonly Operation[] = [
  ...poolOperations,
  ...memberOperations,
  ...productOperations,
  ...loanReads,
  ...loanCommands,
  ...loanServicing,
  ...ledgerOperations,
  ...sandboxOperations,
  ...oauthOperations,
  ...metaOperations(() => OPERATIONS),
];

/** Those that a process offers. */
export const operationsFor = (config: Config): readonly Operation[] =>
  OPERATIONS.filter((operation) => config.mode === 'sandbox' || operation.sandboxOnly !== true);
