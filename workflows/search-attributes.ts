import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** What operators can list loans by in the Temporal UI. */
export const TENOR_ORG = defineSearchAttributeKey('TenorOrg', SearchAttributeType.KEYWORD);
export const TENOR_POOL = defineSearchAttributeKey('TenorPool', SearchAttributeType.KEYWORD);
export const TENOR_BORROWER = defineSearchAttributeKey('TenorBorrower', SearchAttributeType.KEYWORD);
export const LOAN_STATUS = defineSearchAttributeKey('LoanStatus', SearchAttributeType.KEYWORD);
export const LOAN_BUCKET = defineSearchAttributeKey('LoanBucket', SearchAttributeType.KEYWORD);
/** As of the loan's latest change of bucket: a loan is not woken each day to count. */
export const LOAN_DAYS_PAST_DUE = defineSearchAttributeKey('LoanDaysPastDue', SearchAttributeType.INT);
/** When the next installment is due. */
export const LOAN_NEXT_DUE = defineSearchAttributeKey('LoanNextDue', SearchAttributeType.DATETIME);

export const SEARCH_ATTRIBUTES = [
  TENOR_ORG,
  TENOR_POOL,
  TENOR_BORROWER,
  LOAN_STATUS,
  LOAN_BUCKET,
  LOAN_DAYS_PAST_DUE,
  LOAN_NEXT_DUE,
];
