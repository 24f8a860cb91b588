/** A loan, from request to the end: what can be asked of it, what happens to it, and what it is then. */
export { type CommandOf, type Decision, isRefusal, type LoanCommand, type Refusal } from './commands';
export { needsHistory } from './correction';
export { decide, decideDue, isAnythingDue } from './decide';
export { type Due, nextDue } from './due';
export type { EventOf, LoanEvent, RecordedEvent } from './events';
export { evolve, replay } from './evolve';
export { isClosed, isServiced, type LoanState, type LoanStatus, reservedFor } from './loan-state';
