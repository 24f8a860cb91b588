import type { Dialect } from '../dialect';
import { loanOperations } from './loans';
import { productOperations } from './products';
import { surface } from './surface';
import { transactionList, transactionOperations } from './transactions';

/** The Tyche loan API. */
export const tyche: Dialect = {
  name: 'tyche',
  surface,
  operations: [...transactionList, ...loanOperations, ...transactionOperations, ...productOperations],
};
