import type { Dialect } from '../dialect';
import { loanOperations } from './routes';
import { surface } from './surface';
import { webhookOperations } from './webhooks';

/** The P2P loan API. */
export const p2p: Dialect = { name: 'p2p', surface, operations: [...loanOperations, ...webhookOperations] };
