import type { Config } from '../config';
import type { Operation } from './operation';
import { apiKeyOperations } from './routes/api-keys';
import { batchOperations } from './routes/batches';
import { codecOperations } from './routes/codec';
import { creditOperations } from './routes/credit';
import { dialectOperations } from './routes/dialects';
import { docsOperations } from './routes/docs';
import { eventOperations } from './routes/events';
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
import { versionOperations } from './routes/version';
import { webhookOperations } from './routes/webhooks';

/** Every operation of the API: router, checks and OpenAPI are made of this one table. */
export const OPERATIONS: readonly Operation[] = [
  ...poolOperations,
  ...memberOperations,
  ...productOperations,
  ...loanReads,
  ...loanCommands,
  ...loanServicing,
  ...batchOperations,
  ...dialectOperations,
  ...creditOperations,
  ...ledgerOperations,
  ...codecOperations,
  ...sandboxOperations,
  ...versionOperations,
  // before `/events/{id}`, which would take `/events/redeliver` for its own
  ...webhookOperations,
  ...eventOperations,
  ...apiKeyOperations,
  ...oauthOperations,
  ...docsOperations,
  ...metaOperations(() => OPERATIONS),
];

/** Those that a process offers. */
export const operationsFor = (config: Config): readonly Operation[] =>
  OPERATIONS.filter((operation) => config.mode === 'sandbox' || operation.sandboxOnly !== true);
