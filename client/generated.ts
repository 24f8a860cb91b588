// Generated from the OpenAPI document by `npm run client`: change the schemas of the API instead.
import { type CallOptions, type ReplaceOptions, TenorClient, type TenorSettings } from './client';
import type { Page } from './paginate';

/** The version of the API that these types are of. */
export const API_VERSION = '2026-11-21';

export interface AdjustCharge {
  installment: number;
  component: 'FEE' | 'PENALTY';
  /** Minor units that the installment asks for from now on. */
  amount: number;
  reason: string;
}

/** Either. */
export interface AdvanceClock {
  /** A business date or a time. */
  to?: string;
  days?: number;
}

/** Adds up to the amount. */
export interface Allocation {
  /** Minor units of the currency. */
  principal: number;
  /** Minor units of the currency. */
  interest: number;
  /** Minor units of the currency. */
  fees: number;
  /** Minor units of the currency. */
  penalties: number;
  /** Minor units of the currency. */
  credit: number;
}

export interface ApiKey {
  id: string;
  name: string;
  /** How its secret begins. */
  prefix: string;
  scopes: string[];
  member_id: string | null;
  created_at: string;
  /** The client that made it, and that it acts as. */
  created_by: string;
  expires_at: string | null;
  /** To the minute. */
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface ApiKeyWithSecret {
  id: string;
  name: string;
  /** How its secret begins. */
  prefix: string;
  scopes: string[];
  member_id: string | null;
  created_at: string;
  /** The client that made it, and that it acts as. */
  created_by: string;
  expires_at: string | null;
  /** To the minute. */
  last_used_at: string | null;
  revoked_at: string | null;
  /** Shown this once: it can not be read again. */
  secret: string;
}

export interface ApiVersion {
  /** What this client is answered in where it sends no Tenor-Version. */
  version: '2026-06-01' | '2026-11-21';
  /** The oldest first. */
  supported: string[];
}

export interface ApiVersionMove {
  version: '2026-06-01' | '2026-11-21';
}

export interface Approve {
  comment?: string;
}

export interface AuditRecord {
  id: string;
  at: string;
  actor: string;
  action: string;
  subject: {
    type: string;
    id: string;
  };
  request_id: string;
  data: {
    [field: string]: unknown;
  };
}

export interface BatchLine {
  /** 1 for the first of the request. */
  number: number;
  loan_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  date: string;
  reference?: string;
  status: 'PENDING' | 'APPLIED' | 'REFUSED';
  /** What was applied. */
  repayment?: Repayment;
  /** Why it was refused: what the same repayment alone would be answered. */
  problem?: {
    type: string;
    title: string;
    status: number;
    detail: string;
    [field: string]: unknown;
  };
}

export interface BatchRepayment {
  /** Minor units of the currency. */
  amount: number;
  currency: Currency;
  date: string;
  /** The caller's own reference. */
  reference?: string;
  loan_id: string;
}

export interface ChangeRate {
  /** The first day of the new rate; default: today. */
  from?: string;
  /** Basis points a year, up to 4 decimals. */
  rate_bps: number;
}

/** What is left out stays. */
export interface ChangedP2pSettings {
  /** The pool that lends. null: none. */
  pool_id?: string | null;
  /** A product of the pool's currency. null with a pool: the standard P2P product is made for that pool. */
  product_id?: string | null;
  /** Members with less get no loan. */
  min_trust_score?: number;
  /** Loans of one member at once. */
  max_active_loans?: number;
  /** The largest loan, in minor units of the pool's currency. null: as product and trust score say. */
  max_amount?: number | null;
  /** Whether a loan that is approved is paid out by itself. */
  auto_fund?: boolean;
}

/** What is left out stays. */
export interface ChangedSchedule {
  frequency?: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  /** Periods of the frequency. */
  every?: number;
  first_due_date?: string;
  installments?: number;
}

/** What is left out stays. */
export interface ChangedTerms {
  /** Basis points a year, up to 4 decimals. */
  rate_bps?: number;
  rate_steps?: {
    /** The first installment of which it is the rate. */
    from_installment: number;
    /** Basis points a year, up to 4 decimals. */
    rate_bps: number;
  }[];
  amortization?: 'EQUAL_INSTALLMENTS' | 'EQUAL_PRINCIPAL' | 'FLAT' | 'INTEREST_ONLY' | 'BULLET';
  /** Numbers of installments from the first one on. */
  grace?: {
    principal?: number;
    interest_payment?: number;
    interest_free?: number;
  };
  /** Minor units. */
  balloon?: number;
  /** Minor units. */
  installment_multiple?: number | null;
  late_fee?:
    | {
        type: 'FLAT';
        /** Minor units of the currency. */
        amount: number;
        /** Charged again each time so many days have passed. */
        repeat_days?: number;
        /** The most that is charged for one installment, minor units. */
        cap?: number;
      }
    | {
        type: 'PERCENT_OF_OVERDUE';
        bps: number;
        /** Charged again each time so many days have passed. */
        repeat_days?: number;
        /** The most that is charged for one installment, minor units. */
        cap?: number;
      }
    | null;
}

/** What is left out stays. */
export interface ChangedTycheSettings {
  /** The pool that lends. null: none. */
  pool_id?: string | null;
  /** A product of the pool's currency. null: none. Each request names its own; this one is to be looked up. */
  product_id?: string | null;
  /** That repayments and disbursements may name. */
  channels?: string[];
}

/** Owed with the next installment, or at once where none is to come. */
export interface Charge {
  component: 'FEE' | 'PENALTY';
  name: string;
  /** Minor units of the currency. */
  amount: number;
}

export interface ChargeBack {
  repayment_id: string;
  /** Minor units; default: all of the repayment. */
  amount?: number;
  reason: string;
}

export interface ChargeOff {
  reason: string;
}

export interface Chargeback {
  id: string;
  loan_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  date: string;
  repayment_id: string;
  status: 'CHARGED_BACK';
  txn_id: string;
}

/** Minor units; what is left out is 0. */
export interface Components {
  /** Minor units. */
  principal?: number;
  /** Minor units. */
  interest?: number;
  /** Minor units. */
  fees?: number;
  /** Minor units. */
  penalties?: number;
}

export interface Consent {
  type: 'CREDIT_CHECK' | 'DATA_SHARING' | 'LOAN_AGREEMENT';
  pool_id?: string;
  granted_at: string;
  expires_at?: string;
  revoked_at?: string;
  /** Left out in lists of members. */
  evidence?: {
    [field: string]: unknown;
  };
}

export interface Contribution {
  id: string;
  pool_id: string;
  member_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  date: string;
  reference?: string;
  status: 'POSTED';
  txn_id: string;
  posted_at: string;
}

/** A member put money into a pool. */
export interface ContributionRecordedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.contribution.recorded';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The contribution. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** Who contributed. */
    member_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    status: 'POSTED';
  };
}

export interface CreditDecision {
  id: string;
  /** Left out where the request was declined: there is none. */
  loan_id?: string;
  pool_id: string;
  borrower_id: string;
  /** REFER: granted as far as a person approves it. */
  outcome: 'APPROVE' | 'REFER' | 'DECLINE';
  inputs: {
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** Owed by the borrower and granted before, in any pool of this currency. */
    exposure: number;
    days_past_due: number;
    last_default_on: string | null;
    /** The largest one, as what it takes in a month. */
    monthly_installment: number;
    /** A month. */
    income: {
      /** Minor units of the currency. */
      amount: number;
      /** ISO 4217, or USDC. */
      currency: string;
    } | null;
  };
  rules: {
    code: string;
    outcome: 'APPROVE' | 'REFER' | 'DECLINE';
    detail: string;
  }[];
  /** What the engine of the pool said, where it was asked. */
  engine?: {
    outcome: 'APPROVE' | 'REFER' | 'DECLINE';
    reasons: string[];
    reference?: string;
    /** Why it gave no answer: the policy's on_failure counts. */
    failure?: string;
  };
  decided_at: string;
}

/** What is asked of the borrowers' credit; left out: nothing. */
export interface CreditPolicy {
  /** The most that a borrower owes and was granted in the pool's currency, with what is asked for. */
  max_exposure?: number;
  /** On any loan of the borrower, in whatever pool. */
  max_days_past_due?: number;
  /** No loan of the borrower, in whatever pool, has defaulted or was given up in so many days. */
  no_default_within_days?: number;
  /** The largest installment, of what the borrower earns in the same time. */
  max_installment_to_income_bps?: number;
  engine?: {
    /** Asked by POST; https. */
    url: string;
    /** What a request gets where the engine gives no answer. */
    on_failure: 'DECLINE' | 'REFER';
  };
}

export interface CreditPool {
  id: string;
  name: string;
  /** ISO 4217, or USDC. */
  currency: string;
  participating_orgs: string[];
  /** Minor units of the currency. */
  size: number;
  /** (reserved + outstanding) / size, to 4 digits. */
  utilization: number;
  policies: {
    /** Largest share of the pool's size that one loan may take. */
    max_loan_ratio: number;
    delinquency_threshold_days: number;
    approval_required: boolean;
    /** Default 30. */
    approval_expiry_days?: number;
    /** Whoever asked for a loan, or changed it last, may not approve it. Default false. */
    four_eyes?: boolean;
    credit?: CreditPolicy;
  };
  balances: {
    /** Minor units of the currency. */
    contributed: number;
    /** The pool's cash. */
    available: number;
    /** Principal requested or approved and not disbursed. */
    reserved: number;
    /** Principal lent and not repaid. */
    outstanding: number;
    /** Income that was paid to members. */
    distributed: number;
  };
  status: 'ACTIVE' | 'SUSPENDED' | 'CLOSED';
  created_at: string;
  updated_at: string;
}

/** ISO 4217, or USDC. */
export type Currency = string;

export interface DatedScheduleTerms {
  frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  /** Periods of the frequency. */
  every?: number;
  first_due_date: string;
  installments: number;
}

export interface Decline {
  reason: string;
}

export interface Disburse {
  date?: string;
  destination?: string;
  /** The caller's own reference. */
  reference?: string;
  /** The hold that it draws on. */
  hold_id?: string;
  /** First payout only: takes the place of the first due date in the schedule. */
  first_due_date?: string;
}

export interface Disbursement {
  id: string;
  loan_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** Of the amount, kept back for fees and the tax on them. */
  deducted?: number;
  /** ISO 4217, or USDC. */
  currency: string;
  date: string;
  status: 'DISBURSED';
  txn_id: string;
}

export interface Distribution {
  id: string;
  pool_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  /** amount / all that members had put in by the date, to 6 digits. */
  ratio: number;
  date: string;
  /** By member id, in proportion to what each had put in; together the amount. */
  shares: {
    member_id: string;
    /** Minor units of the currency. */
    amount: number;
  }[];
  status: 'POSTED';
  txn_id: string;
  created_at: string;
}

/** A pool's income was shared among its contributors. */
export interface DistributionPostedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.distribution.posted';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The distribution. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry. */
    txn_id: string;
  };
}

export interface Eligibility {
  /** Every check is passed. */
  eligible: boolean;
  checks: {
    code: string;
    passed: boolean;
    detail: string;
  }[];
}

/** What happened, as webhooks deliver it. */
export type Event =
  | ContributionRecordedEvent
  | DistributionPostedEvent
  | LoanRequestedEvent
  | LoanAmendedEvent
  | LoanApprovedEvent
  | LoanDeclinedEvent
  | LoanCancelledEvent
  | LoanExpiredEvent
  | LoanDisbursedEvent
  | LoanDisbursementFailedEvent
  | LoanInstallmentDueEvent
  | LoanDelinquencyChangedEvent
  | LoanDefaultedEvent
  | LoanRepaidEvent
  | LoanRepaidInFullEvent
  | LoanRepaymentReversedEvent
  | LoanChargedBackEvent
  | LoanRefundedEvent
  | LoanRestructuredEvent
  | LoanOpenedEvent
  | LoanAnnulledEvent
  | LoanPromiseBrokenEvent
  | LoanChargedOffEvent
  | LoanWrittenOffEvent
  | LoanRecoveredEvent;

/** JSON Schema, draft 2020-12. */
export interface EventSchema {
  [field: string]: unknown;
}

export interface EventSchemas {
  data: {
    type:
      | 'pooledcredit.contribution.recorded'
      | 'pooledcredit.distribution.posted'
      | 'pooledcredit.loan.requested'
      | 'pooledcredit.loan.amended'
      | 'pooledcredit.loan.approved'
      | 'pooledcredit.loan.declined'
      | 'pooledcredit.loan.cancelled'
      | 'pooledcredit.loan.expired'
      | 'pooledcredit.loan.disbursed'
      | 'pooledcredit.loan.disbursement_failed'
      | 'pooledcredit.loan.installment_due'
      | 'pooledcredit.loan.delinquency_changed'
      | 'pooledcredit.loan.defaulted'
      | 'pooledcredit.loan.repaid'
      | 'pooledcredit.loan.repaid_in_full'
      | 'pooledcredit.loan.repayment_reversed'
      | 'pooledcredit.loan.charged_back'
      | 'pooledcredit.loan.refunded'
      | 'pooledcredit.loan.restructured'
      | 'pooledcredit.loan.opened'
      | 'pooledcredit.loan.annulled'
      | 'pooledcredit.loan.promise_broken'
      | 'pooledcredit.loan.charged_off'
      | 'pooledcredit.loan.written_off'
      | 'pooledcredit.loan.recovered';
    description: string;
    /** Where this schema is by itself. */
    href: string;
    /** JSON Schema, draft 2020-12. */
    schema: {
      [field: string]: unknown;
    };
  }[];
}

export interface Extend {
  /** By which the due dates to come move. */
  days: number;
  reason?: string;
}

/** A fee that the terms agree on: an amount, or a share of what it is for. */
export interface Fee {
  name: string;
  when: 'DISBURSEMENT' | 'INSTALLMENT' | 'DATE';
  /** Minor units of the currency. */
  amount?: number;
  /** In place of an amount: of what is paid out, of the installment, or of the principal that is owed. */
  bps?: number;
  /** DISBURSEMENT: kept back from the money, or owed with the first installment (default). */
  collect?: 'DEDUCTED' | 'ON_TOP';
  /** DATE: the day it is charged on. */
  date?: string;
}

export interface GoodwillCredit {
  /** Minor units of the currency. */
  amount: number;
  reason: string;
}

export interface Hold {
  id: string;
  loan_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  date: string;
  reference?: string;
  expires_on?: string;
  status: 'HELD';
}

/** What the member earns in a month. */
export interface Income {
  /** Minor units of the currency. */
  amount: number;
  currency: Currency;
}

export interface Job {
  id: string;
  type: string;
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED';
  resource: {
    type: 'loan' | 'repayment_batch';
    id: string;
    href: string;
  };
  /** Why it failed, as a problem. */
  error?: {
    type: string;
    title: string;
    status: number;
    detail: string;
    [field: string]: unknown;
  };
  created_at: string;
  updated_at: string;
}

export interface JsonWebKeySet {
  keys: {
    [field: string]: unknown;
  }[];
}

export interface LedgerAccount {
  id: string;
  /** What the account is called. */
  account: string;
  code: string;
  type: 'ASSET' | 'LIABILITY' | 'EQUITY' | 'INCOME' | 'EXPENSE' | 'MEMO';
  normal_side: 'DEBIT' | 'CREDIT';
  /** ISO 4217, or USDC. */
  currency: string;
  owner: {
    type: 'pool' | 'loan' | 'member';
    id: string;
  };
  pool_id: string;
  /** Now, in minor units, on the normal side. */
  balance: number;
  created_at: string;
}

export interface LedgerEntry {
  id: string;
  kind: string;
  effective_date: string;
  recorded_at: string;
  description: string;
  reverses: string | null;
  loan_id?: string;
  pool_id?: string;
  postings: {
    account_id: string;
    account: string;
    side: 'DEBIT' | 'CREDIT';
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
  }[];
}

export interface Loan {
  id: string;
  /** Ten digits, unique in the tenant. */
  account_number: string;
  pool_id: string;
  borrower_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  terms: Terms;
  schedule: ScheduleTerms;
  purpose?: string;
  status:
    | 'APPROVAL_PENDING'
    | 'APPROVED'
    | 'DECLINED'
    | 'CANCELLED'
    | 'EXPIRED'
    | 'DISBURSING'
    | 'ACTIVE'
    | 'DEFAULTED'
    | 'WRITTEN_OFF'
    | 'REPAID'
    | 'REFINANCED'
    | 'RESCHEDULED';
  delinquency: {
    days_past_due: number;
    bucket: string;
    /** Minor units of the currency. */
    past_due_amount: number;
    since: string;
  } | null;
  balances: {
    /** Minor units of the currency. */
    principal: number;
    /** Minor units of the currency. */
    interest: number;
    /** Minor units of the currency. */
    fees: number;
    /** Minor units of the currency. */
    penalties: number;
    /** Minor units of the currency. */
    credit: number;
    /** What settles the loan today. */
    payoff: number;
  };
  disbursement_date?: string;
  /** The version of the product that its terms were made from. */
  product?: {
    id: string;
    version: number;
  };
  /** The loan whose place it takes. */
  predecessor?: string;
  /** The loan that took its place. */
  successor?: string;
  /** Of tranches: what is not paid out yet. */
  undrawn?: number;
  /** What of it is held. */
  holds?: {
    id: string;
    /** Minor units of the currency. */
    amount: number;
    reference?: string;
    expires_on?: string;
  }[];
  /** What it does not charge. */
  locks?: ('INTEREST' | 'FEES' | 'PENALTIES')[];
  /** What the borrower promised, while it is open. */
  promise?: {
    by: string;
    /** Minor units of the currency. */
    amount: number;
    /** What was paid since it was given. */
    paid: number;
  };
  charged_off_on?: string;
  /** What was written off when the loan ended, and what came in since. */
  written_off?: {
    /** Minor units of the currency. */
    amount: number;
    /** Minor units of the currency. */
    recovered: number;
  };
  /** The ETag header, verbatim. */
  etag: string;
  created_at: string;
  updated_at: string;
}

/** Amount, terms or schedule changed before the disbursement. */
export interface LoanAmendedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.amended';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
  };
}

export interface LoanAmendment {
  /** Minor units of the currency. */
  amount: number;
  /** The loan's own; it can't be changed. */
  currency?: Currency;
  terms: NewTerms;
  schedule: NewScheduleTerms;
}

/** The loan no longer takes another one's place. */
export interface LoanAnnulledEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.annulled';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry; null where no money moved. */
    txn_id: string | null;
  };
}

/** A requested loan was approved, by somebody or because its pool asks nobody. */
export interface LoanApprovedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.approved';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
  };
}

/** A loan was cancelled before its disbursement. */
export interface LoanCancelledEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.cancelled';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
  };
}

/** A payer's bank took a repayment back; it is owed again. */
export interface LoanChargedBackEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.charged_back';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** The chargeback. */
    chargeback_id: string;
    /** The repayment, as POST /loans/{id}/repay answered it. */
    repayment_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry. */
    txn_id: string;
  };
}

/** Nothing is earned any more, what is owed is provided for. */
export interface LoanChargedOffEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.charged_off';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** In the words of whoever gave it. */
    reason: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry; null where no money moved. */
    txn_id: string | null;
  };
}

/** A requested loan was declined. */
export interface LoanDeclinedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.declined';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** In the words of whoever gave it. */
    reason: string;
  };
}

/** The loan is so long past due that it is in default. */
export interface LoanDefaultedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.defaulted';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    days_past_due: number;
  };
}

/** The loan came into another bucket of days past due, or out of all. */
export interface LoanDelinquencyChangedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.delinquency_changed';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** Such as 30-59; null: nothing is past due. */
    bucket: string | null;
    /** The due date of the oldest unpaid installment. */
    since: string | null;
    /** Minor units of the currency. */
    past_due_amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** Of the oldest unpaid installment; 0: none counts. */
    days_past_due?: number;
  };
}

/** The loan, or its next tranche, was paid out and is owed. */
export interface LoanDisbursedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.disbursed';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry. */
    txn_id: string;
    /** Of it, fees and tax on them that were kept back, in minor units. */
    deducted?: number;
  };
}

/** A payout did not go out; the loan is as before. */
export interface LoanDisbursementFailedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.disbursement_failed';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** The payout. */
    disbursement_id: string;
    /** In the words of whoever gave it. */
    reason: string;
  };
}

/** Nobody decided on a request in time. */
export interface LoanExpiredEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.expired';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
  };
}

/** An installment is due today and was billed. */
export interface LoanInstallmentDueEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.installment_due';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** The number of the installment; 0 is a down payment. */
    number: number;
    /** A business date. */
    due_date: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
  };
}

/** The loan took the place of another one and owes what that one did. */
export interface LoanOpenedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.opened';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** The loan whose place it took. */
    predecessor: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry; null where no money moved. */
    txn_id: string | null;
  };
}

/** The day of a promise to pay is over and it was not kept. */
export interface LoanPromiseBrokenEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.promise_broken';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** What was promised, in minor units. */
    amount: number;
    /** What was paid of it, in minor units. */
    paid: number;
    /** ISO 4217, or USDC. */
    currency: string;
  };
}

/** Money came in for a loan that was written off. */
export interface LoanRecoveredEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.recovered';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** The recovery. */
    recovery_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry. */
    txn_id: string;
  };
}

/** Credit was paid back to the borrower. */
export interface LoanRefundedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.refunded';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** The refund. */
    refund_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry. */
    txn_id: string;
  };
}

/** A repayment was applied. */
export interface LoanRepaidEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.repaid';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** The repayment, as POST /loans/{id}/repay answered it. */
    repayment_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry. */
    txn_id: string;
  };
}

/** Nothing is owed any more. */
export interface LoanRepaidInFullEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.repaid_in_full';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** What was paid beyond it, in minor units; it can be refunded. */
    credit: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** All that was paid to it, in minor units: repayments less those that were reversed and what was charged back. The lender's own money, a goodwill credit, is none of it. */
    total_paid?: number;
  };
}

/** A repayment was taken back: the money did not come. */
export interface LoanRepaymentReversedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.repayment_reversed';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** The repayment, as POST /loans/{id}/repay answered it. */
    repayment_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** In the words of whoever gave it. */
    reason: string;
  };
}

export interface LoanRequest {
  borrower_id: string;
  /** The product that says what terms and schedule leave out. */
  product_id?: string;
  /** Minor units of the currency. */
  amount: number;
  currency: Currency;
  /** Without a product: rate_bps and amortization at least. */
  terms?: PartialTerms;
  /** Without a product: frequency and installments at least. */
  schedule?: PartialScheduleTerms;
  purpose?: string;
}

/** A loan was requested. */
export interface LoanRequestedEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.requested';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
  };
}

/** What is owed has new terms, here or in the loan that takes its place. */
export interface LoanRestructuredEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.restructured';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    kind: 'RESCHEDULE' | 'RE_AGE' | 'REFINANCE';
    /** Lent in addition, in minor units. */
    top_up: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry; null where no money moved. */
    txn_id: string | null;
    /** The loan that takes its place; left out: this one goes on. */
    successor?: string;
  };
}

/** What was owed became a loss of the pool; the loan has ended. */
export interface LoanWrittenOffEvent {
  /** The same however often the event is delivered. */
  id: string;
  type: 'pooledcredit.loan.written_off';
  /** The tenant's time, RFC 3339 in UTC. */
  created_at: string;
  /** The X-Request-Id of the call it comes from, or the run of the loan's workflow. */
  request_id: string;
  data: {
    /** The loan. */
    id: string;
    /** The pool. */
    pool_id: string;
    /** In the words of whoever gave it. */
    reason: string;
    /** Minor units of the currency. */
    principal: number;
    /** ISO 4217, or USDC. */
    currency: string;
    /** The ledger entry; null where no money moved. */
    txn_id: string | null;
  };
}

export interface Lock {
  operations: ('INTEREST' | 'FEES' | 'PENALTIES')[];
  reason: string;
}

export interface Member {
  id: string;
  org: string;
  type: 'PERSON' | 'COMPANY';
  name: string;
  email?: string;
  status: 'ACTIVE' | 'SUSPENDED' | 'CLOSED';
  trust_score: number;
  income?: {
    /** Minor units of the currency. */
    amount: number;
    /** ISO 4217, or USDC. */
    currency: string;
  };
  consents: Consent[];
  created_at: string;
  updated_at: string;
}

export interface NewApiKey {
  /** What it is for. */
  name: string;
  /** Of those that the caller's token has, without apikeys:write. */
  scopes: (
    | 'pooledcredit:read'
    | 'pooledcredit:write'
    | 'loans:write'
    | 'loans:approve'
    | 'ledger:read'
    | 'ledger:write'
    | 'webhooks:write'
    | 'sandbox:write'
    | 'apikeys:write'
    | 'payloads:decode'
  )[];
  /** Real time, also in a sandbox. Default: never. */
  expires_at?: string;
  /** It acts for this member, as a token with member_id does. */
  member_id?: string;
}

export interface NewConsent {
  type: 'CREDIT_CHECK' | 'DATA_SHARING' | 'LOAN_AGREEMENT';
  pool_id?: string;
  granted_at?: string;
  expires_at?: string;
  /** What shows it: the caller's own, up to 4000 characters of JSON. */
  evidence?: {
    [field: string]: unknown;
  };
}

export interface NewContribution {
  member_id: string;
  /** Minor units of the currency. */
  amount: number;
  currency: Currency;
  date?: string;
  /** The caller's own reference. */
  reference?: string;
}

export interface NewCreditPool {
  name: string;
  currency: Currency;
  /** Minor units of the currency. */
  size: number;
  policies: {
    /** Largest share of the pool's size that one loan may take. */
    max_loan_ratio: number;
    delinquency_threshold_days: number;
    approval_required: boolean;
    /** Default 30. */
    approval_expiry_days?: number;
    /** Whoever asked for a loan, or changed it last, may not approve it. Default false. */
    four_eyes?: boolean;
    credit?: CreditPolicy;
  };
  /** For information only; gives no access. */
  participating_orgs?: string[];
}

export interface NewDistribution {
  /** Default: today. */
  date?: string;
  /** Minor units; default: all income that is free. */
  amount?: number;
}

export interface NewMember {
  id?: string;
  type?: 'PERSON' | 'COMPANY';
  name: string;
  email?: string;
  income?: Income;
}

/** Temporal's Payload, as protobuf's JSON has it. */
export interface NewPayload {
  metadata?: {
    [field: string]: string;
  };
  data?: string;
}

export interface NewPayloads {
  payloads: NewPayload[];
}

export interface NewProduct {
  name: string;
  pool_id?: string;
  currency: Currency;
  terms: PartialTerms;
  schedule: PartialScheduleTerms;
  bounds?: ProductBounds;
  accounts?: ProductAccounts;
}

export interface NewScheduleTerms {
  frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  /** Periods of the frequency. */
  every?: number;
  first_due_date?: string;
  installments: number;
}

export interface NewTerms {
  /** Basis points a year, up to 4 decimals. */
  rate_bps: number;
  /** Other rates from later installments on. */
  rate_steps?: {
    /** The first installment of which it is the rate. */
    from_installment: number;
    /** Basis points a year, up to 4 decimals. */
    rate_bps: number;
  }[];
  tenor_months?: number;
  amortization: 'EQUAL_INSTALLMENTS' | 'EQUAL_PRINCIPAL' | 'FLAT' | 'INTEREST_ONLY' | 'BULLET';
  day_count?: '30/360' | 'ACT/360' | 'ACT/364' | 'ACT/365' | 'ACT/ACT';
  /** Numbers of installments from the first one on. */
  grace?: {
    principal?: number;
    interest_payment?: number;
    interest_free?: number;
  };
  /** Of the amount; below 100 %. */
  down_payment_bps?: number;
  /** The size of an equal installment that was agreed on; left out: the one that repays all in time. */
  installment_amount?: number;
  /** Minor units. */
  installment_multiple?: number | null;
  /** Minor units. */
  balloon?: number;
  month_end?: 'CLAMP' | 'ROLL';
  /** Days on which nothing falls due. */
  business_days?: {
    convention: 'FOLLOWING' | 'PRECEDING' | 'MODIFIED_FOLLOWING';
    /** Days of the week without business, 1 Monday to 7 Sunday. */
    weekend: number[];
    holidays: string[];
  };
  /** Parts of the amount that are paid out one after the other; left out: all at once. */
  tranches?: {
    /** Minor units of the currency. */
    amount: number;
    /** When it is expected; its disbursement sets the day. */
    date?: string;
  }[];
  /** Each once. */
  allocation?: ('PENALTY' | 'FEE' | 'INTEREST' | 'PRINCIPAL')[];
  /** Default: HORIZONTAL. */
  allocation_method?: 'HORIZONTAL' | 'VERTICAL';
  prepayment?: 'REDUCE_LAST' | 'FEWER_INSTALLMENTS' | 'SMALLER_INSTALLMENTS' | 'HOLD_AS_CREDIT';
  /** Default: HOLD. */
  overpayment?: 'HOLD' | 'PAY_AHEAD' | 'REFUSE' | 'SCHEDULED';
  /** Default: TO_DATE. */
  payoff_interest?: 'TO_DATE' | 'FULL_PERIOD';
  /** A year, on principal that is overdue. */
  penalty_rate_bps?: number;
  /** Of interest and of fees. */
  tax_bps?: number;
  fees?: Fee[];
  late_fee?:
    | {
        type: 'FLAT';
        /** Minor units of the currency. */
        amount: number;
        /** Charged again each time so many days have passed. */
        repeat_days?: number;
        /** The most that is charged for one installment, minor units. */
        cap?: number;
      }
    | {
        type: 'PERCENT_OF_OVERDUE';
        bps: number;
        /** Charged again each time so many days have passed. */
        repeat_days?: number;
        /** The most that is charged for one installment, minor units. */
        cap?: number;
      }
    | null;
  /** Minor units. */
  returned_payment_fee?: number;
  /** How much more time a borrower may ask for. */
  extension?: {
    /** For one extension. */
    max_days: number;
    /** For one loan. */
    max_times: number;
  };
  arrears?: {
    grace_days?: number;
    /** Of the unpaid principal: no more than it is not late. */
    tolerance_bps?: number;
    buckets?: number[];
    default_after_days?: number;
  };
}

export interface NewWebhookEndpoint {
  /** https; in a sandbox also http. No user name, no fragment. */
  url: string;
  /** In whose words it is told. Default, null: in those of this API. */
  dialect?: 'p2p' | null;
  /** Types of events, see /events/schemas; with a dialect, names of its own, such as loan.funded. Default: all, also this API's of later releases. */
  events?: (
    | 'pooledcredit.contribution.recorded'
    | 'pooledcredit.distribution.posted'
    | 'pooledcredit.loan.requested'
    | 'pooledcredit.loan.amended'
    | 'pooledcredit.loan.approved'
    | 'pooledcredit.loan.declined'
    | 'pooledcredit.loan.cancelled'
    | 'pooledcredit.loan.expired'
    | 'pooledcredit.loan.disbursed'
    | 'pooledcredit.loan.disbursement_failed'
    | 'pooledcredit.loan.installment_due'
    | 'pooledcredit.loan.delinquency_changed'
    | 'pooledcredit.loan.defaulted'
    | 'pooledcredit.loan.repaid'
    | 'pooledcredit.loan.repaid_in_full'
    | 'pooledcredit.loan.repayment_reversed'
    | 'pooledcredit.loan.charged_back'
    | 'pooledcredit.loan.refunded'
    | 'pooledcredit.loan.restructured'
    | 'pooledcredit.loan.opened'
    | 'pooledcredit.loan.annulled'
    | 'pooledcredit.loan.promise_broken'
    | 'pooledcredit.loan.charged_off'
    | 'pooledcredit.loan.written_off'
    | 'pooledcredit.loan.recovered'
    | 'loan.funded'
    | 'loan.repaid'
    | 'loan.overdue'
  )[];
}

/** RFC 6749, section 5.2. */
export interface OAuthError {
  error: string;
  error_description: string;
}

export interface P2pSettings {
  /** The pool that lends. null: none. */
  pool_id: string | null;
  /** A product of the pool's currency. null with a pool: the standard P2P product is made for that pool. */
  product_id: string | null;
  /** Members with less get no loan. */
  min_trust_score: number;
  /** Loans of one member at once. */
  max_active_loans: number;
  /** The largest loan, in minor units of the pool's currency. null: as product and trust score say. */
  max_amount: number | null;
  /** Whether a loan that is approved is paid out by itself. */
  auto_fund: boolean;
  /** 0 where nothing was set yet; each change makes the next one. */
  version: number;
  /** The ETag header, verbatim. */
  etag: string;
}

export interface PartialScheduleTerms {
  frequency?: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  /** Periods of the frequency. */
  every?: number;
  first_due_date?: string;
  installments?: number;
}

export interface PartialTerms {
  /** Basis points a year, up to 4 decimals. */
  rate_bps?: number;
  /** Other rates from later installments on. */
  rate_steps?: {
    /** The first installment of which it is the rate. */
    from_installment: number;
    /** Basis points a year, up to 4 decimals. */
    rate_bps: number;
  }[];
  tenor_months?: number;
  amortization?: 'EQUAL_INSTALLMENTS' | 'EQUAL_PRINCIPAL' | 'FLAT' | 'INTEREST_ONLY' | 'BULLET';
  day_count?: '30/360' | 'ACT/360' | 'ACT/364' | 'ACT/365' | 'ACT/ACT';
  /** Numbers of installments from the first one on. */
  grace?: {
    principal?: number;
    interest_payment?: number;
    interest_free?: number;
  };
  /** Of the amount; below 100 %. */
  down_payment_bps?: number;
  /** The size of an equal installment that was agreed on; left out: the one that repays all in time. */
  installment_amount?: number;
  /** Minor units. */
  installment_multiple?: number | null;
  /** Minor units. */
  balloon?: number;
  month_end?: 'CLAMP' | 'ROLL';
  /** Days on which nothing falls due. */
  business_days?: {
    convention: 'FOLLOWING' | 'PRECEDING' | 'MODIFIED_FOLLOWING';
    /** Days of the week without business, 1 Monday to 7 Sunday. */
    weekend: number[];
    holidays: string[];
  };
  /** Parts of the amount that are paid out one after the other; left out: all at once. */
  tranches?: {
    /** Minor units of the currency. */
    amount: number;
    /** When it is expected; its disbursement sets the day. */
    date?: string;
  }[];
  /** Each once. */
  allocation?: ('PENALTY' | 'FEE' | 'INTEREST' | 'PRINCIPAL')[];
  /** Default: HORIZONTAL. */
  allocation_method?: 'HORIZONTAL' | 'VERTICAL';
  prepayment?: 'REDUCE_LAST' | 'FEWER_INSTALLMENTS' | 'SMALLER_INSTALLMENTS' | 'HOLD_AS_CREDIT';
  /** Default: HOLD. */
  overpayment?: 'HOLD' | 'PAY_AHEAD' | 'REFUSE' | 'SCHEDULED';
  /** Default: TO_DATE. */
  payoff_interest?: 'TO_DATE' | 'FULL_PERIOD';
  /** A year, on principal that is overdue. */
  penalty_rate_bps?: number;
  /** Of interest and of fees. */
  tax_bps?: number;
  fees?: Fee[];
  late_fee?:
    | {
        type: 'FLAT';
        /** Minor units of the currency. */
        amount: number;
        /** Charged again each time so many days have passed. */
        repeat_days?: number;
        /** The most that is charged for one installment, minor units. */
        cap?: number;
      }
    | {
        type: 'PERCENT_OF_OVERDUE';
        bps: number;
        /** Charged again each time so many days have passed. */
        repeat_days?: number;
        /** The most that is charged for one installment, minor units. */
        cap?: number;
      }
    | null;
  /** Minor units. */
  returned_payment_fee?: number;
  /** How much more time a borrower may ask for. */
  extension?: {
    /** For one extension. */
    max_days: number;
    /** For one loan. */
    max_times: number;
  };
  arrears?: {
    grace_days?: number;
    /** Of the unpaid principal: no more than it is not late. */
    tolerance_bps?: number;
    buckets?: number[];
    default_after_days?: number;
  };
}

/** First and last day that do not count as past due. */
export interface PauseDelinquency {
  /** Default: today. */
  from?: string;
  to: string;
}

export interface PayRefund {
  /** Minor units; default: all of the credit. */
  amount?: number;
  destination?: string;
  /** The caller's own reference. */
  reference?: string;
}

/** Temporal's Payload, as protobuf's JSON has it. */
export interface Payload {
  metadata?: {
    [field: string]: string;
  };
  data?: string;
}

export interface Payloads {
  payloads: Payload[];
}

/** As many installments are added at the end. */
export interface PaymentHoliday {
  /** Numbers of installments. */
  installments: number[];
  /** Whether interest goes on; default: ACCRUE. */
  interest?: 'ACCRUE' | 'NONE';
}

export interface Payoff {
  date: string;
  /** Minor units of the currency. */
  principal: number;
  /** Minor units of the currency. */
  interest: number;
  /** Minor units of the currency. */
  fees: number;
  /** Minor units of the currency. */
  penalties: number;
  /** Minor units of the currency. */
  credit: number;
  /** Minor units of the currency. */
  total: number;
  /** ISO 4217, or USDC. */
  currency: string;
}

export interface PayoutOrder {
  next: 'FAIL' | 'TIMEOUT' | 'LATE' | 'DUPLICATE';
  times?: number;
}

export interface PlaceHold {
  /** Minor units of the currency. */
  amount: number;
  /** The caller's own reference. */
  reference?: string;
  /** The last day it holds; default: until it is released. */
  expires_on?: string;
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  request_id: string;
  errors?: {
    pointer: string;
    code: string;
    detail: string;
  }[];
}

export interface Product {
  id: string;
  name: string;
  pool_id?: string;
  /** ISO 4217, or USDC. */
  currency: string;
  terms: PartialTerms;
  schedule: PartialScheduleTerms;
  bounds: ProductBounds;
  accounts: ProductAccounts;
  /** From 1 on; each change makes the next one. */
  version: number;
  status: 'ACTIVE';
  /** The ETag header, verbatim. */
  etag: string;
  created_at: string;
  /** When this version was made. */
  updated_at: string;
}

/** The lender's own general-ledger code of each account. */
export interface ProductAccounts {
  cash?: string;
  payouts_in_transit?: string;
  loans_transferred?: string;
  commitments?: string;
  commitments_contra?: string;
  interest_income?: string;
  fee_income?: string;
  penalty_income?: string;
  recoveries?: string;
  loan_losses?: string;
  goodwill_expense?: string;
  tax_payable?: string;
  charge_off_allowance?: string;
  distributions?: string;
  principal?: string;
  interest?: string;
  fees?: string;
  penalties?: string;
  credit?: string;
  capital?: string;
}

/** The least and the most that a loan may say, both included. */
export interface ProductBounds {
  /** Minor units. */
  amount?: {
    min?: number;
    max?: number;
  };
  rate_bps?: {
    min?: number;
    max?: number;
  };
  installments?: {
    min?: number;
    max?: number;
  };
  /** Periods of the frequency between two due dates. */
  every?: {
    /** Periods of the frequency. */
    min?: number;
    /** Periods of the frequency. */
    max?: number;
  };
  down_payment_bps?: {
    min?: number;
    max?: number;
  };
  /** Minor units. */
  balloon?: {
    min?: number;
    max?: number;
  };
}

export interface PromiseToPay {
  date: string;
  /** Minor units of the currency. */
  amount: number;
}

export interface ReAge {
  schedule: DatedScheduleTerms;
}

export interface Recover {
  /** Minor units of the currency. */
  amount: number;
  currency: Currency;
  /** The caller's own reference. */
  reference?: string;
}

export interface Recovery {
  id: string;
  loan_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  date: string;
  reference?: string;
  status: 'RECOVERED';
  txn_id: string;
}

export interface RedeliverEvent {
  /** Default: every enabled endpoint that takes it. */
  endpoint_id?: string;
}

export interface RedeliverEvents {
  /** Events created then or later, in the tenant's time. */
  from: string;
  /** Events created before. */
  to: string;
  /** Default: every enabled endpoint that takes it. */
  endpoint_id?: string;
  types?: (
    | 'pooledcredit.contribution.recorded'
    | 'pooledcredit.distribution.posted'
    | 'pooledcredit.loan.requested'
    | 'pooledcredit.loan.amended'
    | 'pooledcredit.loan.approved'
    | 'pooledcredit.loan.declined'
    | 'pooledcredit.loan.cancelled'
    | 'pooledcredit.loan.expired'
    | 'pooledcredit.loan.disbursed'
    | 'pooledcredit.loan.disbursement_failed'
    | 'pooledcredit.loan.installment_due'
    | 'pooledcredit.loan.delinquency_changed'
    | 'pooledcredit.loan.defaulted'
    | 'pooledcredit.loan.repaid'
    | 'pooledcredit.loan.repaid_in_full'
    | 'pooledcredit.loan.repayment_reversed'
    | 'pooledcredit.loan.charged_back'
    | 'pooledcredit.loan.refunded'
    | 'pooledcredit.loan.restructured'
    | 'pooledcredit.loan.opened'
    | 'pooledcredit.loan.annulled'
    | 'pooledcredit.loan.promise_broken'
    | 'pooledcredit.loan.charged_off'
    | 'pooledcredit.loan.written_off'
    | 'pooledcredit.loan.recovered'
  )[];
}

export interface Refinance {
  terms?: ChangedTerms;
  schedule: NewScheduleTerms;
  /** Minor units that are lent and paid out in addition. */
  top_up?: number;
  /** What of it is written off. */
  write_off?: Components;
  destination?: string;
  /** Whether a new loan takes its place, with an id of its own; default: it goes on itself. */
  new_loan?: boolean;
}

export interface Refund {
  id: string;
  loan_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  date: string;
  status: 'REFUNDED';
  txn_id: string;
}

export interface ReleaseHold {
  hold_id: string;
}

export interface Repay {
  /** Minor units of the currency. */
  amount: number;
  currency: Currency;
  date: string;
  /** The caller's own reference. */
  reference?: string;
  /** What money ahead of its time does, for this repayment alone; default: as the terms say. */
  prepayment?: 'REDUCE_LAST' | 'FEWER_INSTALLMENTS' | 'SMALLER_INSTALLMENTS' | 'HOLD_AS_CREDIT';
  /** How much it may come to, for this repayment alone; default: as the terms say. */
  overpayment?: 'HOLD' | 'PAY_AHEAD' | 'REFUSE' | 'SCHEDULED';
  /** Refused unless the amount is exactly what settles the loan on its date. */
  settle?: true;
  /** What is ahead of its time is principal, and the installments to come are cut anew for what is left; today only. */
  recast?: true;
}

export interface Repayment {
  id: string;
  loan_id: string;
  /** Minor units of the currency. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  date: string;
  reference?: string;
  status: 'APPLIED';
  allocation: Allocation;
  txn_id: string;
}

export interface RepaymentBatch {
  id: string;
  job_id: string;
  /** Of its job: SUCCEEDED when every line is settled, also where some were refused. */
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED';
  counts: {
    total: number;
    applied: number;
    refused: number;
    pending: number;
  };
  created_at: string;
  updated_at: string;
  /** In the order of the request. */
  lines: Page<BatchLine>;
}

export interface RepaymentBatchRequest {
  repayments: BatchRepayment[];
}

export interface Reschedule {
  terms?: ChangedTerms;
  schedule?: ChangedSchedule;
  /** Whether unpaid interest, fees and penalties become principal; default: the first new installment asks. */
  capitalize?: boolean;
  /** What of it is written off. */
  write_off?: Components;
  /** Whether a new loan takes its place, with an id of its own; default: it goes on itself. */
  new_loan?: boolean;
}

export interface ReverseRepayment {
  repayment_id: string;
  reason: string;
  /** Minor units; default: the terms' returned_payment_fee. */
  fee?: number;
}

export interface RotateSecret {
  /** How long the secret before goes on signing; 0 where it has leaked. */
  overlap_hours?: number;
}

export interface SandboxClock {
  now: string;
  business_date: string;
  /** Due events of loans that the call processed. */
  processed: number;
}

export interface Schedule {
  /** ISO 4217, or USDC. */
  currency: string;
  installments: {
    number: number;
    due_date: string;
    /** Minor units of the currency. */
    principal: number;
    /** Minor units of the currency. */
    interest: number;
    /** Minor units of the currency. */
    fees: number;
    /** Minor units of the currency. */
    penalties: number;
    /** Minor units of the currency. */
    due: number;
    /** Minor units of the currency. */
    paid: number;
    status: 'PENDING' | 'PARTIAL' | 'PAID' | 'LATE';
  }[];
  totals: {
    /** Minor units of the currency. */
    principal: number;
    /** Minor units of the currency. */
    interest: number;
    /** Minor units of the currency. */
    fees: number;
    /** Minor units of the currency. */
    penalties: number;
    /** Minor units of the currency. */
    due: number;
    /** Minor units of the currency. */
    paid: number;
  };
}

export interface SchedulePreview {
  /** ISO 4217, or USDC. */
  currency: string;
  installments: {
    /** 0 is the down payment. */
    number: number;
    due_date: string;
    /** Minor units of the currency. */
    principal: number;
    /** Minor units of the currency. */
    interest: number;
    /** Minor units of the currency. */
    fees: number;
    /** Minor units of the currency. */
    due: number;
    /** Principal left after the installment. */
    balance: number;
  }[];
  totals: {
    /** Minor units of the currency. */
    principal: number;
    /** Minor units of the currency. */
    interest: number;
    /** Minor units of the currency. */
    fees: number;
    /** Minor units of the currency. */
    due: number;
  };
  /** Null where no rate gives these payments. */
  apr_bps: number | null;
}

export interface SchedulePreviewRequest {
  /** The product that says what terms and schedule leave out. */
  product_id?: string;
  /** Minor units of the currency. */
  amount: number;
  currency: Currency;
  /** Without a product: rate_bps and amortization at least. */
  terms?: PartialTerms;
  /** Without a product: frequency and installments at least. */
  schedule?: PartialScheduleTerms;
  /** Default: today. */
  disbursement_date?: string;
}

export interface ScheduleTerms {
  frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  /** Periods of the frequency. */
  every: number;
  first_due_date?: string;
  installments: number;
}

export interface Terms {
  /** Basis points a year, up to 4 decimals. */
  rate_bps: number;
  /** Other rates from later installments on. */
  rate_steps?: {
    /** The first installment of which it is the rate. */
    from_installment: number;
    /** Basis points a year, up to 4 decimals. */
    rate_bps: number;
  }[];
  tenor_months?: number;
  amortization: 'EQUAL_INSTALLMENTS' | 'EQUAL_PRINCIPAL' | 'FLAT' | 'INTEREST_ONLY' | 'BULLET';
  day_count: '30/360' | 'ACT/360' | 'ACT/364' | 'ACT/365' | 'ACT/ACT';
  /** Numbers of installments from the first one on. */
  grace: {
    principal: number;
    interest_payment: number;
    interest_free: number;
  };
  /** Of the amount; below 100 %. */
  down_payment_bps: number;
  /** The size of an equal installment that was agreed on; left out: the one that repays all in time. */
  installment_amount?: number;
  /** Minor units. */
  installment_multiple: number | null;
  /** Minor units. */
  balloon: number;
  month_end: 'CLAMP' | 'ROLL';
  /** Days on which nothing falls due. */
  business_days?: {
    convention: 'FOLLOWING' | 'PRECEDING' | 'MODIFIED_FOLLOWING';
    /** Days of the week without business, 1 Monday to 7 Sunday. */
    weekend: number[];
    holidays: string[];
  };
  /** Parts of the amount that are paid out one after the other; left out: all at once. */
  tranches?: {
    /** Minor units of the currency. */
    amount: number;
    /** When it is expected; its disbursement sets the day. */
    date?: string;
  }[];
  /** Each once. */
  allocation: ('PENALTY' | 'FEE' | 'INTEREST' | 'PRINCIPAL')[];
  /** Default: HORIZONTAL. */
  allocation_method?: 'HORIZONTAL' | 'VERTICAL';
  prepayment: 'REDUCE_LAST' | 'FEWER_INSTALLMENTS' | 'SMALLER_INSTALLMENTS' | 'HOLD_AS_CREDIT';
  /** Default: HOLD. */
  overpayment?: 'HOLD' | 'PAY_AHEAD' | 'REFUSE' | 'SCHEDULED';
  /** Default: TO_DATE. */
  payoff_interest?: 'TO_DATE' | 'FULL_PERIOD';
  /** A year, on principal that is overdue. */
  penalty_rate_bps?: number;
  /** Of interest and of fees. */
  tax_bps?: number;
  fees: Fee[];
  late_fee:
    | {
        type: 'FLAT';
        /** Minor units of the currency. */
        amount: number;
        /** Charged again each time so many days have passed. */
        repeat_days?: number;
        /** The most that is charged for one installment, minor units. */
        cap?: number;
      }
    | {
        type: 'PERCENT_OF_OVERDUE';
        bps: number;
        /** Charged again each time so many days have passed. */
        repeat_days?: number;
        /** The most that is charged for one installment, minor units. */
        cap?: number;
      }
    | null;
  /** Minor units. */
  returned_payment_fee?: number;
  /** How much more time a borrower may ask for. */
  extension?: {
    /** For one extension. */
    max_days: number;
    /** For one loan. */
    max_times: number;
  };
  arrears: {
    grace_days: number;
    /** Of the unpaid principal: no more than it is not late. */
    tolerance_bps?: number;
    buckets: number[];
    default_after_days: number;
  };
}

export interface Token {
  access_token: string;
  token_type: 'Bearer';
  /** Seconds. */
  expires_in: number;
  scope: string;
}

export interface TokenRequest {
  grant_type?: string;
  /** Or by HTTP Basic. */
  client_id?: string;
  client_secret?: string;
  /** Default: all of the client's. */
  scope?: string;
  /** Act for this member: see only its loans. */
  member_id?: string;
  /** Narrow the token: BORROWER, AUDITOR, or both with a space between. */
  roles?: string;
}

export interface Transaction {
  txn_id: string;
  type:
    | 'DISBURSEMENT'
    | 'INTEREST'
    | 'FEE'
    | 'PENALTY'
    | 'LATE_FEE'
    | 'PENALTY_INTEREST'
    | 'CHARGE_ADJUSTMENT'
    | 'WAIVER'
    | 'REPAYMENT'
    | 'GOODWILL_CREDIT'
    | 'CREDIT_APPLIED'
    | 'CHARGEBACK'
    | 'REFUND'
    | 'RESTRUCTURING'
    | 'SUCCESSION'
    | 'CHARGE_OFF'
    | 'WRITE_DOWN'
    | 'WRITE_OFF'
    | 'RECOVERY';
  date: string;
  /** Minor units; negative where an adjustment makes a charge smaller. */
  amount: number;
  /** ISO 4217, or USDC. */
  currency: string;
  allocation: Allocation | null;
  /** INTEREST: of the amount, fees and taxes that are asked for with it. */
  fees?: number;
  /** Of a charge. */
  name?: string;
  reason?: string;
  reference?: string;
  repayment_id?: string;
  /** Whether a later correction took it back, and posted it anew where it still counts. */
  reversed: boolean;
  recorded_at: string;
}

export interface TrialBalance {
  as_of: string;
  currencies: {
    /** ISO 4217, or USDC. */
    currency: string;
    /** Minor units of the currency. */
    debits: number;
    /** Minor units of the currency. */
    credits: number;
    accounts: {
      account_id: string;
      account: string;
      type: 'ASSET' | 'LIABILITY' | 'EQUITY' | 'INCOME' | 'EXPENSE' | 'MEMO';
      /** Minor units of the currency. */
      debit: number;
      /** Minor units of the currency. */
      credit: number;
    }[];
  }[];
}

export interface TrustScore {
  score: number;
}

export interface TycheSettings {
  /** The pool that lends. null: none. */
  pool_id: string | null;
  /** A product of the pool's currency. null: none. Each request names its own; this one is to be looked up. */
  product_id: string | null;
  /** That repayments and disbursements may name. */
  channels: string[];
  /** 0 where nothing was set yet; each change makes the next one. */
  version: number;
  /** The ETag header, verbatim. */
  etag: string;
}

export interface Unlock {
  operations: ('INTEREST' | 'FEES' | 'PENALTIES')[];
}

export interface Waive {
  component: 'INTEREST' | 'FEE' | 'PENALTY';
  /** Minor units; default: all that is owed of the component. */
  amount?: number;
  reason: string;
}

/** Times are real ones, also in a sandbox whose clock was moved. */
export interface WebhookDelivery {
  event_id: string;
  type:
    | 'pooledcredit.contribution.recorded'
    | 'pooledcredit.distribution.posted'
    | 'pooledcredit.loan.requested'
    | 'pooledcredit.loan.amended'
    | 'pooledcredit.loan.approved'
    | 'pooledcredit.loan.declined'
    | 'pooledcredit.loan.cancelled'
    | 'pooledcredit.loan.expired'
    | 'pooledcredit.loan.disbursed'
    | 'pooledcredit.loan.disbursement_failed'
    | 'pooledcredit.loan.installment_due'
    | 'pooledcredit.loan.delinquency_changed'
    | 'pooledcredit.loan.defaulted'
    | 'pooledcredit.loan.repaid'
    | 'pooledcredit.loan.repaid_in_full'
    | 'pooledcredit.loan.repayment_reversed'
    | 'pooledcredit.loan.charged_back'
    | 'pooledcredit.loan.refunded'
    | 'pooledcredit.loan.restructured'
    | 'pooledcredit.loan.opened'
    | 'pooledcredit.loan.annulled'
    | 'pooledcredit.loan.promise_broken'
    | 'pooledcredit.loan.charged_off'
    | 'pooledcredit.loan.written_off'
    | 'pooledcredit.loan.recovered';
  status: 'PENDING' | 'DELIVERED' | 'FAILED' | 'CANCELLED';
  created_at: string;
  /** null: there is no further try. */
  next_attempt_at: string | null;
  closed_at: string | null;
  attempts: {
    at: string;
    /** Of the answer; null where there was none. */
    status: number | null;
    /** Why there was no answer. */
    error: 'BAD_URL' | 'UNKNOWN_HOST' | 'FORBIDDEN_ADDRESS' | 'CONNECTION_FAILED' | 'TIMEOUT' | null;
    duration_ms: number;
    /** The first 500 bytes of its body. */
    answer: string | null;
  }[];
}

export interface WebhookEndpoint {
  id: string;
  url: string;
  /** In whose words it is told; null: in those of this API. */
  dialect: 'p2p' | null;
  /** Told of this member's loans only, who made it; null: of all. */
  member_id: string | null;
  /** In its words; null: all. */
  events:
    | (
        | 'pooledcredit.contribution.recorded'
        | 'pooledcredit.distribution.posted'
        | 'pooledcredit.loan.requested'
        | 'pooledcredit.loan.amended'
        | 'pooledcredit.loan.approved'
        | 'pooledcredit.loan.declined'
        | 'pooledcredit.loan.cancelled'
        | 'pooledcredit.loan.expired'
        | 'pooledcredit.loan.disbursed'
        | 'pooledcredit.loan.disbursement_failed'
        | 'pooledcredit.loan.installment_due'
        | 'pooledcredit.loan.delinquency_changed'
        | 'pooledcredit.loan.defaulted'
        | 'pooledcredit.loan.repaid'
        | 'pooledcredit.loan.repaid_in_full'
        | 'pooledcredit.loan.repayment_reversed'
        | 'pooledcredit.loan.charged_back'
        | 'pooledcredit.loan.refunded'
        | 'pooledcredit.loan.restructured'
        | 'pooledcredit.loan.opened'
        | 'pooledcredit.loan.annulled'
        | 'pooledcredit.loan.promise_broken'
        | 'pooledcredit.loan.charged_off'
        | 'pooledcredit.loan.written_off'
        | 'pooledcredit.loan.recovered'
        | 'loan.funded'
        | 'loan.repaid'
        | 'loan.overdue'
      )[]
    | null;
  status: 'ENABLED' | 'DISABLED';
  /** GONE: it answered 410. FAILING: for five days nothing got through. */
  disabled_reason: 'GONE' | 'FAILING' | null;
  /** The first failure after the last success, in real time. */
  failing_since: string | null;
  created_at: string;
  updated_at: string;
}

export interface WebhookEndpointWithSecret {
  id: string;
  url: string;
  /** In whose words it is told; null: in those of this API. */
  dialect: 'p2p' | null;
  /** Told of this member's loans only, who made it; null: of all. */
  member_id: string | null;
  /** In its words; null: all. */
  events:
    | (
        | 'pooledcredit.contribution.recorded'
        | 'pooledcredit.distribution.posted'
        | 'pooledcredit.loan.requested'
        | 'pooledcredit.loan.amended'
        | 'pooledcredit.loan.approved'
        | 'pooledcredit.loan.declined'
        | 'pooledcredit.loan.cancelled'
        | 'pooledcredit.loan.expired'
        | 'pooledcredit.loan.disbursed'
        | 'pooledcredit.loan.disbursement_failed'
        | 'pooledcredit.loan.installment_due'
        | 'pooledcredit.loan.delinquency_changed'
        | 'pooledcredit.loan.defaulted'
        | 'pooledcredit.loan.repaid'
        | 'pooledcredit.loan.repaid_in_full'
        | 'pooledcredit.loan.repayment_reversed'
        | 'pooledcredit.loan.charged_back'
        | 'pooledcredit.loan.refunded'
        | 'pooledcredit.loan.restructured'
        | 'pooledcredit.loan.opened'
        | 'pooledcredit.loan.annulled'
        | 'pooledcredit.loan.promise_broken'
        | 'pooledcredit.loan.charged_off'
        | 'pooledcredit.loan.written_off'
        | 'pooledcredit.loan.recovered'
        | 'loan.funded'
        | 'loan.repaid'
        | 'loan.overdue'
      )[]
    | null;
  status: 'ENABLED' | 'DISABLED';
  /** GONE: it answered 410. FAILING: for five days nothing got through. */
  disabled_reason: 'GONE' | 'FAILING' | null;
  /** The first failure after the last success, in real time. */
  failing_since: string | null;
  created_at: string;
  updated_at: string;
  /** Signs every delivery. It is not shown again. */
  secret: string;
  /** Until then, in real time, deliveries are also signed with the secret before. */
  previous_secret_expires_at: string | null;
}

export interface WriteOff {
  reason: string;
  /** Default: all, which ends the loan. */
  components?: Components;
  /** In place of components: minor units, taken from what is owed in the terms' order of allocation. */
  amount?: number;
}

/** Tenor's API: a method for each operation. Amounts are integers in minor units. */
export class Tenor extends TenorClient {
  constructor(settings: TenorSettings) {
    super(settings, API_VERSION);
  }

  /**
   * Create a pool and its accounts.
   * Scope `pooledcredit:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  createCreditPool(body: NewCreditPool, options?: CallOptions): Promise<CreditPool> {
    return this.call<CreditPool>({ method: 'POST', path: '/creditpools', idempotent: true }, { body, options });
  }

  /**
   * List pools, the newest first.
   * Scope `pooledcredit:read`. Not for members.
   */
  listCreditPools(
    query: {
      status?: 'ACTIVE' | 'SUSPENDED' | 'CLOSED' | undefined;
      currency?: Currency | undefined;
      /** Minor units, exclusive. */
      size_gt?: number | undefined;
      /** Minor units, exclusive. */
      size_lt?: number | undefined;
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<CreditPool>> {
    return this.call<Page<CreditPool>>({ method: 'GET', path: '/creditpools' }, { query, options });
  }

  /**
   * A pool with its balances.
   * Scope `pooledcredit:read`. Not for members.
   */
  getCreditPool(id: string, options?: CallOptions): Promise<CreditPool> {
    return this.call<CreditPool>({ method: 'GET', path: '/creditpools/{id}' }, { path: { id }, options });
  }

  /**
   * Take no contributions and no requests for loans until resumed.
   * Scope `pooledcredit:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  suspendCreditPool(id: string, options?: CallOptions): Promise<CreditPool> {
    return this.call<CreditPool>(
      { method: 'POST', path: '/creditpools/{id}/suspend', idempotent: true },
      { path: { id }, body: {}, options },
    );
  }

  /**
   * Take contributions and requests for loans again.
   * Scope `pooledcredit:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  resumeCreditPool(id: string, options?: CallOptions): Promise<CreditPool> {
    return this.call<CreditPool>(
      { method: 'POST', path: '/creditpools/{id}/resume', idempotent: true },
      { path: { id }, body: {}, options },
    );
  }

  /**
   * Take no contributions and no requests for loans any more; loans that are open stand in the way.
   * Scope `pooledcredit:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  closeCreditPool(id: string, options?: CallOptions): Promise<CreditPool> {
    return this.call<CreditPool>(
      { method: 'POST', path: '/creditpools/{id}/close', idempotent: true },
      { path: { id }, body: {}, options },
    );
  }

  /**
   * Record a member's contribution.
   * Scope `pooledcredit:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  createContribution(id: string, body: NewContribution, options?: CallOptions): Promise<Contribution> {
    return this.call<Contribution>(
      { method: 'POST', path: '/creditpools/{id}/contributions', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * List a pool's contributions, the newest first.
   * Scope `pooledcredit:read`. Not for members.
   */
  listContributions(
    id: string,
    query: {
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<Contribution>> {
    return this.call<Page<Contribution>>(
      { method: 'GET', path: '/creditpools/{id}/contributions' },
      { path: { id }, query, options },
    );
  }

  /**
   * Pay a pool's income to its members, by what each has put in.
   * Scope `pooledcredit:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  createDistribution(id: string, body: NewDistribution = {}, options?: CallOptions): Promise<Distribution> {
    return this.call<Distribution>(
      { method: 'POST', path: '/creditpools/{id}/distributions', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * List a pool's distributions, the newest first.
   * Scope `pooledcredit:read`. Not for members.
   */
  listDistributions(
    id: string,
    query: {
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<Distribution>> {
    return this.call<Page<Distribution>>(
      { method: 'GET', path: '/creditpools/{id}/distributions' },
      { path: { id }, query, options },
    );
  }

  /**
   * What was done to a pool, its contributions, distributions and loans, the latest first.
   * Scope `pooledcredit:read`. Not for members.
   */
  listPoolAudit(
    id: string,
    query: {
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<AuditRecord>> {
    return this.call<Page<AuditRecord>>(
      { method: 'GET', path: '/creditpools/{id}/audit' },
      { path: { id }, query, options },
    );
  }

  /**
   * Create a member.
   * Scope `pooledcredit:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  createMember(body: NewMember, options?: CallOptions): Promise<Member> {
    return this.call<Member>({ method: 'POST', path: '/members', idempotent: true }, { body, options });
  }

  /**
   * List members, the newest first.
   * Scope `pooledcredit:read`. Not for members.
   */
  listMembers(
    query: {
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<Member>> {
    return this.call<Page<Member>>({ method: 'GET', path: '/members' }, { query, options });
  }

  /**
   * A member with all consents.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  getMember(id: string, options?: CallOptions): Promise<Member> {
    return this.call<Member>({ method: 'GET', path: '/members/{id}' }, { path: { id }, options });
  }

  /**
   * Set a member's trust score.
   * Scope `pooledcredit:write`. Not for members.
   */
  setTrustScore(id: string, body: TrustScore, options?: CallOptions): Promise<Member> {
    return this.call<Member>({ method: 'PUT', path: '/members/{id}/trust-score' }, { path: { id }, body, options });
  }

  /**
   * Set what a member earns in a month.
   * Scope `pooledcredit:write`. Not for members.
   */
  setIncome(id: string, body: Income, options?: CallOptions): Promise<Member> {
    return this.call<Member>({ method: 'PUT', path: '/members/{id}/income' }, { path: { id }, body, options });
  }

  /**
   * Record what a member agreed to.
   * Scope `pooledcredit:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  grantConsent(id: string, body: NewConsent, options?: CallOptions): Promise<Consent> {
    return this.call<Consent>(
      { method: 'POST', path: '/members/{id}/consents', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Take back every consent of a type.
   * Scope `pooledcredit:write`. Not for members.
   */
  revokeConsent(id: string, type: string, options?: CallOptions): Promise<void> {
    return this.call<void>(
      { method: 'DELETE', path: '/members/{id}/consents/{type}' },
      { path: { id, type }, options },
    );
  }

  /**
   * Create a loan product.
   * Scope `pooledcredit:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  createProduct(body: NewProduct, options?: CallOptions): Promise<Product> {
    return this.call<Product>({ method: 'POST', path: '/products', idempotent: true }, { body, options });
  }

  /**
   * List products as they are, the newest first.
   * Scope `pooledcredit:read`. Not for members.
   */
  listProducts(
    query: {
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<Product>> {
    return this.call<Page<Product>>({ method: 'GET', path: '/products' }, { query, options });
  }

  /**
   * A product as it is, or in an earlier version.
   * Scope `pooledcredit:read`. Not for members.
   */
  getProduct(
    id: string,
    query: {
      /** Default: the current one. */
      version?: number | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Product> {
    return this.call<Product>({ method: 'GET', path: '/products/{id}' }, { path: { id }, query, options });
  }

  /**
   * Make the next version of a product; loans keep the one that they were made from.
   * Scope `pooledcredit:write`. Not for members. Needs the ETag of what it replaces.
   */
  replaceProduct(id: string, body: NewProduct, options: ReplaceOptions): Promise<Product> {
    return this.call<Product>({ method: 'PUT', path: '/products/{id}' }, { path: { id }, body, options });
  }

  /**
   * List loans, the newest first.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  listLoans(
    query: {
      status?:
        | 'APPROVAL_PENDING'
        | 'APPROVED'
        | 'DECLINED'
        | 'CANCELLED'
        | 'EXPIRED'
        | 'DISBURSING'
        | 'ACTIVE'
        | 'DEFAULTED'
        | 'WRITTEN_OFF'
        | 'REPAID'
        | 'REFINANCED'
        | 'RESCHEDULED'
        | undefined;
      borrower_id?: string | undefined;
      /** As in delinquency: `30-59`. */
      bucket?: string | undefined;
      pool_id?: string | undefined;
      account_number?: string | undefined;
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<Loan>> {
    return this.call<Page<Loan>>({ method: 'GET', path: '/loans' }, { query, options });
  }

  /**
   * List a pool's loans, the newest first.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  listPoolLoans(
    id: string,
    query: {
      status?:
        | 'APPROVAL_PENDING'
        | 'APPROVED'
        | 'DECLINED'
        | 'CANCELLED'
        | 'EXPIRED'
        | 'DISBURSING'
        | 'ACTIVE'
        | 'DEFAULTED'
        | 'WRITTEN_OFF'
        | 'REPAID'
        | 'REFINANCED'
        | 'RESCHEDULED'
        | undefined;
      borrower_id?: string | undefined;
      /** As in delinquency: `30-59`. */
      bucket?: string | undefined;
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<Loan>> {
    return this.call<Page<Loan>>({ method: 'GET', path: '/creditpools/{id}/loans' }, { path: { id }, query, options });
  }

  /**
   * Request a loan from a pool.
   * Scope `loans:write`. A token that acts for a member is confined to what is its own. Repeat it with the same Idempotency-Key and it is done once.
   */
  requestLoan(id: string, body: LoanRequest, options?: CallOptions): Promise<Job> {
    return this.call<Job>(
      { method: 'POST', path: '/creditpools/{id}/loans', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * A loan as it is today.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  getLoan(id: string, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>({ method: 'GET', path: '/loans/{id}' }, { path: { id }, options });
  }

  /**
   * Replace amount, terms and schedule of a loan that is not disbursed.
   * Scope `loans:write`. A token that acts for a member is confined to what is its own. Needs the ETag of what it replaces.
   */
  amendLoan(id: string, body: LoanAmendment, options: ReplaceOptions): Promise<Loan> {
    return this.call<Loan>({ method: 'PUT', path: '/loans/{id}' }, { path: { id }, body, options });
  }

  /**
   * A loan's installments: those billed or paid, then those to come.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  getLoanSchedule(id: string, options?: CallOptions): Promise<Schedule> {
    return this.call<Schedule>({ method: 'GET', path: '/loans/{id}/schedule' }, { path: { id }, options });
  }

  /**
   * What moved money on a loan, the latest recorded first.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  listLoanTransactions(
    id: string,
    query: {
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<Transaction>> {
    return this.call<Page<Transaction>>(
      { method: 'GET', path: '/loans/{id}/transactions' },
      { path: { id }, query, options },
    );
  }

  /**
   * What settles a loan on a date, if nothing is paid before.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  getLoanPayoff(
    id: string,
    query: {
      /** Default: today. */
      date?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Payoff> {
    return this.call<Payoff>({ method: 'GET', path: '/loans/{id}/payoff' }, { path: { id }, query, options });
  }

  /**
   * How a request for a loan, or a batch, stands.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  getJob(id: string, options?: CallOptions): Promise<Job> {
    return this.call<Job>({ method: 'GET', path: '/jobs/{id}' }, { path: { id }, options });
  }

  /**
   * The schedule that terms would give. Nothing is stored.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  previewSchedule(body: SchedulePreviewRequest, options?: CallOptions): Promise<SchedulePreview> {
    return this.call<SchedulePreview>(
      { method: 'POST', path: '/schedules/preview', changesNothing: true },
      { body, options },
    );
  }

  /**
   * Approve a request.
   * Scope `loans:approve`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  approveLoan(id: string, body: Approve = {}, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/approve', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Decline a request.
   * Scope `loans:approve`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  declineLoan(id: string, body: Decline, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/decline', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Withdraw a request or a loan that is not disbursed.
   * Scope `loans:write`. A token that acts for a member is confined to what is its own. Repeat it with the same Idempotency-Key and it is done once.
   */
  cancelLoan(id: string, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/cancel', idempotent: true },
      { path: { id }, body: {}, options },
    );
  }

  /**
   * Pay an approved loan out, or its next tranche.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  disburseLoan(id: string, body: Disburse = {}, options?: CallOptions): Promise<Disbursement> {
    return this.call<Disbursement>(
      { method: 'POST', path: '/loans/{id}/disburse', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Record a repayment.
   * Scope `loans:write`. A token that acts for a member is confined to what is its own. Repeat it with the same Idempotency-Key and it is done once.
   */
  repayLoan(id: string, body: Repay, options?: CallOptions): Promise<Repayment> {
    return this.call<Repayment>(
      { method: 'POST', path: '/loans/{id}/repay', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Take back a repayment that bounced: the loan is computed anew without it.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  reverseRepayment(id: string, body: ReverseRepayment, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/reverse-repayment', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Pay for the borrower with the lender's own money.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  giveGoodwillCredit(id: string, body: GoodwillCredit, options?: CallOptions): Promise<Repayment> {
    return this.call<Repayment>(
      { method: 'POST', path: '/loans/{id}/goodwill-credit', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Record that the payer's bank took a repayment back: it is owed again from today on.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  chargeBack(id: string, body: ChargeBack, options?: CallOptions): Promise<Chargeback> {
    return this.call<Chargeback>(
      { method: 'POST', path: '/loans/{id}/chargeback', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Pay the borrower's credit back.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  refundLoan(id: string, body: PayRefund = {}, options?: CallOptions): Promise<Refund> {
    return this.call<Refund>(
      { method: 'POST', path: '/loans/{id}/refund', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Charge a fee or a penalty.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  chargeLoan(id: string, body: Charge, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/charges', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Give up interest, fees or penalties that are owed.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  waive(id: string, body: Waive, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/waive', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Set the fees or penalties that an installment asks for.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  adjustCharge(id: string, body: AdjustCharge, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/adjust-charge', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Stop interest, fees or penalties.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  lockLoan(id: string, body: Lock, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/lock', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Let a loan charge again what was locked.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  unlockLoan(id: string, body: Unlock, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/unlock', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Change the rate from a day on.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  changeRate(id: string, body: ChangeRate, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/change-rate', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Let named installments ask for nothing.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  grantPaymentHoliday(id: string, body: PaymentHoliday, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/payment-holiday', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Let some days not count as past due.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  pauseDelinquency(id: string, body: PauseDelinquency, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/pause-delinquency', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Note what the borrower promises to pay by a day.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  promiseToPay(id: string, body: PromiseToPay, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/promise-to-pay', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Let the due dates to come be some days later, within what the terms allow.
   * Scope `loans:write`. A token that acts for a member is confined to what is its own. Repeat it with the same Idempotency-Key and it is done once.
   */
  extendLoan(id: string, body: Extend, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/extend', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Change terms or dates of what is left to repay.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  rescheduleLoan(id: string, body: Reschedule = {}, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/reschedule', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Take a reschedule back, while nothing happened since.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  undoReschedule(id: string, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/undo-reschedule', idempotent: true },
      { path: { id }, body: {}, options },
    );
  }

  /**
   * Spread all that is owed, arrears included, over new installments.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  reAgeLoan(id: string, body: ReAge, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/re-age', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Spread what is in arrears over the installments to come.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  reAmortizeLoan(id: string, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/re-amortize', idempotent: true },
      { path: { id }, body: {}, options },
    );
  }

  /**
   * Lend all that is owed, and a top-up that is paid out, anew.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  refinanceLoan(id: string, body: Refinance, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/refinance', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Take a refinancing back, while nothing happened since.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  undoRefinance(id: string, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/undo-refinance', idempotent: true },
      { path: { id }, body: {}, options },
    );
  }

  /**
   * Write a loan off, or some of what it owes: that becomes a loss of the pool.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  writeOffLoan(id: string, body: WriteOff, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/write-off', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Take a write-off back, while nothing happened since.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  undoWriteOff(id: string, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/undo-write-off', idempotent: true },
      { path: { id }, body: {}, options },
    );
  }

  /**
   * Record money that comes in for a loan that was written off.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  recoverLoan(id: string, body: Recover, options?: CallOptions): Promise<Recovery> {
    return this.call<Recovery>(
      { method: 'POST', path: '/loans/{id}/recover', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Stop earning, and provide for what is owed; the loan is still collected.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  chargeOffLoan(id: string, body: ChargeOff, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/charge-off', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Hold credit that is not drawn for somebody to draw on.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  placeHold(id: string, body: PlaceHold, options?: CallOptions): Promise<Hold> {
    return this.call<Hold>(
      { method: 'POST', path: '/loans/{id}/holds', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * End a hold.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  releaseHold(id: string, body: ReleaseHold, options?: CallOptions): Promise<Loan> {
    return this.call<Loan>(
      { method: 'POST', path: '/loans/{id}/release-hold', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Record many repayments, of many loans: a job with a result for each.
   * Scope `loans:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  repayInBatch(body: RepaymentBatchRequest, options?: CallOptions): Promise<Job> {
    return this.call<Job>({ method: 'POST', path: '/repayments/batch', idempotent: true }, { body, options });
  }

  /**
   * How far a batch of repayments is, and what became of each.
   * Scope `pooledcredit:read`. Not for members.
   */
  getRepaymentBatch(
    id: string,
    query: {
      status?: 'PENDING' | 'APPLIED' | 'REFUSED' | undefined;
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<RepaymentBatch> {
    return this.call<RepaymentBatch>(
      { method: 'GET', path: '/repayments/batch/{id}' },
      { path: { id }, query, options },
    );
  }

  /**
   * What /p2p uses: a pool, a product and limits.
   * Scope `pooledcredit:read`. Not for members.
   */
  getP2pSettings(options?: CallOptions): Promise<P2pSettings> {
    return this.call<P2pSettings>({ method: 'GET', path: '/dialects/p2p' }, { options });
  }

  /**
   * Change what /p2p uses; what is left out stays.
   * Scope `pooledcredit:write`. Not for members. Needs the ETag of what it replaces.
   */
  changeP2pSettings(body: ChangedP2pSettings = {}, options: ReplaceOptions): Promise<P2pSettings> {
    return this.call<P2pSettings>({ method: 'PUT', path: '/dialects/p2p' }, { body, options });
  }

  /**
   * What /tyche uses: a pool, a product and limits.
   * Scope `pooledcredit:read`. Not for members.
   */
  getTycheSettings(options?: CallOptions): Promise<TycheSettings> {
    return this.call<TycheSettings>({ method: 'GET', path: '/dialects/tyche' }, { options });
  }

  /**
   * Change what /tyche uses; what is left out stays.
   * Scope `pooledcredit:write`. Not for members. Needs the ETag of what it replaces.
   */
  changeTycheSettings(body: ChangedTycheSettings = {}, options: ReplaceOptions): Promise<TycheSettings> {
    return this.call<TycheSettings>({ method: 'PUT', path: '/dialects/tyche' }, { body, options });
  }

  /**
   * Each check of a request for a loan, with its result for a member.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  getEligibility(
    id: string,
    query: {
      /** Left out: only what needs no pool is checked. */
      pool_id?: string | undefined;
      /** Minor units; default: the least. */
      amount?: number | undefined;
      /** Default: the pool's. */
      currency?: Currency | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Eligibility> {
    return this.call<Eligibility>(
      { method: 'GET', path: '/members/{id}/eligibility' },
      { path: { id }, query, options },
    );
  }

  /**
   * What was decided on a member's credit, also where it was declined, the newest first.
   * Scope `pooledcredit:read`. Not for members.
   */
  listCreditDecisions(
    id: string,
    query: {
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<CreditDecision>> {
    return this.call<Page<CreditDecision>>(
      { method: 'GET', path: '/members/{id}/credit-decisions' },
      { path: { id }, query, options },
    );
  }

  /**
   * What was decided on the borrower's credit when a loan was requested.
   * Scope `pooledcredit:read`. Not for members.
   */
  getCreditDecision(id: string, options?: CallOptions): Promise<CreditDecision> {
    return this.call<CreditDecision>({ method: 'GET', path: '/loans/{id}/credit-decision' }, { path: { id }, options });
  }

  /**
   * List accounts with their balances now, the newest first.
   * Scope `ledger:read`. Not for members.
   */
  listLedgerAccounts(
    query: {
      pool_id?: string | undefined;
      owner_id?: string | undefined;
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<LedgerAccount>> {
    return this.call<Page<LedgerAccount>>({ method: 'GET', path: '/ledger/accounts' }, { query, options });
  }

  /**
   * List journal entries, the newest first.
   * Scope `ledger:read`. Not for members.
   */
  listLedgerEntries(
    query: {
      pool_id?: string | undefined;
      loan_id?: string | undefined;
      account_id?: string | undefined;
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<LedgerEntry>> {
    return this.call<Page<LedgerEntry>>({ method: 'GET', path: '/ledger/entries' }, { query, options });
  }

  /**
   * A journal entry with its postings.
   * Scope `ledger:read`. Not for members.
   */
  getLedgerEntry(id: string, options?: CallOptions): Promise<LedgerEntry> {
    return this.call<LedgerEntry>({ method: 'GET', path: '/ledger/entries/{id}' }, { path: { id }, options });
  }

  /**
   * What every account comes to with the entries up to a business date.
   * Scope `ledger:read`. Not for members.
   */
  getTrialBalance(
    query: {
      /** Default: today. */
      as_of?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<TrialBalance> {
    return this.call<TrialBalance>({ method: 'GET', path: '/ledger/trial-balance' }, { query, options });
  }

  /**
   * Open payloads of workflows, for the Temporal UI.
   * Scope `payloads:decode`. Not for members.
   */
  decodePayloads(body: NewPayloads, options?: CallOptions): Promise<Payloads> {
    return this.call<Payloads>({ method: 'POST', path: '/codec/decode' }, { body, options });
  }

  /**
   * Seal payloads for workflows, as operators write them in the Temporal UI.
   * Scope `payloads:decode`. Not for members.
   */
  encodePayloads(body: NewPayloads, options?: CallOptions): Promise<Payloads> {
    return this.call<Payloads>({ method: 'POST', path: '/codec/encode' }, { body, options });
  }

  /**
   * The tenant's clock.
   * Sandbox only. Scope `sandbox:write`. Not for members.
   */
  getSandboxClock(options?: CallOptions): Promise<SandboxClock> {
    return this.call<SandboxClock>({ method: 'GET', path: '/sandbox/clock' }, { options });
  }

  /**
   * Move the tenant's clock forward; its loans process what falls due, each on its own date.
   * Sandbox only. Scope `sandbox:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  advanceSandboxClock(body: AdvanceClock, options?: CallOptions): Promise<SandboxClock> {
    return this.call<SandboxClock>(
      { method: 'POST', path: '/sandbox/clock/advance', idempotent: true },
      { body, options },
    );
  }

  /**
   * Say how the payout rail treats the next payouts.
   * Sandbox only. Scope `sandbox:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  orderSandboxPayouts(
    body: PayoutOrder,
    options?: CallOptions,
  ): Promise<{
    next: 'FAIL' | 'TIMEOUT' | 'LATE' | 'DUPLICATE';
    times: number;
  }> {
    return this.call<{
      next: 'FAIL' | 'TIMEOUT' | 'LATE' | 'DUPLICATE';
      times: number;
    }>({ method: 'POST', path: '/sandbox/payouts', idempotent: true }, { body, options });
  }

  /**
   * The version of the API that this client is answered in.
   * Scope `pooledcredit:read`. Not for members.
   */
  getApiVersion(options?: CallOptions): Promise<ApiVersion> {
    return this.call<ApiVersion>({ method: 'GET', path: '/api-version' }, { options });
  }

  /**
   * Have this client answered in another version from now on.
   * Scope `pooledcredit:read`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  moveApiVersion(body: ApiVersionMove, options?: CallOptions): Promise<ApiVersion> {
    return this.call<ApiVersion>({ method: 'POST', path: '/api-version', idempotent: true }, { body, options });
  }

  /**
   * Have events sent to an address. The answer holds the secret that signs them, this once.
   * Scope `webhooks:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  createWebhookEndpoint(body: NewWebhookEndpoint, options?: CallOptions): Promise<WebhookEndpointWithSecret> {
    return this.call<WebhookEndpointWithSecret>(
      { method: 'POST', path: '/webhook-endpoints', idempotent: true },
      { body, options },
    );
  }

  /**
   * List webhook endpoints, the newest first.
   * Scope `webhooks:write`. Not for members.
   */
  listWebhookEndpoints(
    query: {
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<WebhookEndpoint>> {
    return this.call<Page<WebhookEndpoint>>({ method: 'GET', path: '/webhook-endpoints' }, { query, options });
  }

  /**
   * A webhook endpoint, and how it is doing.
   * Scope `webhooks:write`. Not for members.
   */
  getWebhookEndpoint(id: string, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.call<WebhookEndpoint>({ method: 'GET', path: '/webhook-endpoints/{id}' }, { path: { id }, options });
  }

  /**
   * Remove a webhook endpoint; nothing more is sent to it.
   * Scope `webhooks:write`. Not for members.
   */
  deleteWebhookEndpoint(id: string, options?: CallOptions): Promise<void> {
    return this.call<void>({ method: 'DELETE', path: '/webhook-endpoints/{id}' }, { path: { id }, options });
  }

  /**
   * What was sent to an endpoint in the last 30 days, or is to be, the newest first, with every try.
   * Scope `webhooks:write`. Not for members.
   */
  listWebhookDeliveries(
    id: string,
    query: {
      status?: 'PENDING' | 'DELIVERED' | 'FAILED' | 'CANCELLED' | undefined;
      event_id?: string | undefined;
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<WebhookDelivery>> {
    return this.call<Page<WebhookDelivery>>(
      { method: 'GET', path: '/webhook-endpoints/{id}/deliveries' },
      { path: { id }, query, options },
    );
  }

  /**
   * Make a new secret; for a while deliveries are signed with both.
   * Scope `webhooks:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  rotateWebhookSecret(id: string, body: RotateSecret = {}, options?: CallOptions): Promise<WebhookEndpointWithSecret> {
    return this.call<WebhookEndpointWithSecret>(
      { method: 'POST', path: '/webhook-endpoints/{id}/rotate-secret', idempotent: true },
      { path: { id }, body, options },
    );
  }

  /**
   * Send events again to an endpoint that was disabled, from now on; redeliver those it missed.
   * Scope `webhooks:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  enableWebhookEndpoint(id: string, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.call<WebhookEndpoint>(
      { method: 'POST', path: '/webhook-endpoints/{id}/enable', idempotent: true },
      { path: { id }, body: {}, options },
    );
  }

  /**
   * Send an event again; where it waits for a retry, try now.
   * Scope `webhooks:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  redeliverEvent(
    id: string,
    body: RedeliverEvent = {},
    options?: CallOptions,
  ): Promise<{
    /** How many deliveries are under way, 10000 at most. */
    deliveries: number;
  }> {
    return this.call<{
      /** How many deliveries are under way, 10000 at most. */
      deliveries: number;
    }>({ method: 'POST', path: '/events/{id}/redeliver', idempotent: true }, { path: { id }, body, options });
  }

  /**
   * Send the events of a range of time again, such as those that a receiver missed.
   * Scope `webhooks:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  redeliverEvents(
    body: RedeliverEvents,
    options?: CallOptions,
  ): Promise<{
    /** How many deliveries are under way, 10000 at most. */
    deliveries: number;
  }> {
    return this.call<{
      /** How many deliveries are under way, 10000 at most. */
      deliveries: number;
    }>({ method: 'POST', path: '/events/redeliver', idempotent: true }, { body, options });
  }

  /**
   * Every type of event, with the JSON Schema of each.
   * No token.
   */
  listEventSchemas(options?: CallOptions): Promise<EventSchemas> {
    return this.call<EventSchemas>({ method: 'GET', path: '/events/schemas', open: true }, { options });
  }

  /**
   * The JSON Schema of a type of event.
   * No token.
   */
  getEventSchema(type: string, options?: CallOptions): Promise<EventSchema> {
    return this.call<EventSchema>(
      { method: 'GET', path: '/events/schemas/{type}', open: true },
      { path: { type }, options },
    );
  }

  /**
   * List events, the newest first.
   * Scope `webhooks:write`. Not for members.
   */
  listEvents(
    query: {
      type?:
        | 'pooledcredit.contribution.recorded'
        | 'pooledcredit.distribution.posted'
        | 'pooledcredit.loan.requested'
        | 'pooledcredit.loan.amended'
        | 'pooledcredit.loan.approved'
        | 'pooledcredit.loan.declined'
        | 'pooledcredit.loan.cancelled'
        | 'pooledcredit.loan.expired'
        | 'pooledcredit.loan.disbursed'
        | 'pooledcredit.loan.disbursement_failed'
        | 'pooledcredit.loan.installment_due'
        | 'pooledcredit.loan.delinquency_changed'
        | 'pooledcredit.loan.defaulted'
        | 'pooledcredit.loan.repaid'
        | 'pooledcredit.loan.repaid_in_full'
        | 'pooledcredit.loan.repayment_reversed'
        | 'pooledcredit.loan.charged_back'
        | 'pooledcredit.loan.refunded'
        | 'pooledcredit.loan.restructured'
        | 'pooledcredit.loan.opened'
        | 'pooledcredit.loan.annulled'
        | 'pooledcredit.loan.promise_broken'
        | 'pooledcredit.loan.charged_off'
        | 'pooledcredit.loan.written_off'
        | 'pooledcredit.loan.recovered'
        | undefined;
      loan_id?: string | undefined;
      pool_id?: string | undefined;
      /** Created then or later, in the tenant's time. */
      from?: string | undefined;
      /** Created before. */
      to?: string | undefined;
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<Event>> {
    return this.call<Page<Event>>({ method: 'GET', path: '/events' }, { query, options });
  }

  /**
   * An event, as it is delivered.
   * Scope `webhooks:write`. Not for members.
   */
  getEvent(id: string, options?: CallOptions): Promise<Event> {
    return this.call<Event>({ method: 'GET', path: '/events/{id}' }, { path: { id }, options });
  }

  /**
   * List a loan's events, the newest first.
   * Scope `pooledcredit:read`. A token that acts for a member is confined to what is its own.
   */
  listLoanEvents(
    id: string,
    query: {
      type?:
        | 'pooledcredit.contribution.recorded'
        | 'pooledcredit.distribution.posted'
        | 'pooledcredit.loan.requested'
        | 'pooledcredit.loan.amended'
        | 'pooledcredit.loan.approved'
        | 'pooledcredit.loan.declined'
        | 'pooledcredit.loan.cancelled'
        | 'pooledcredit.loan.expired'
        | 'pooledcredit.loan.disbursed'
        | 'pooledcredit.loan.disbursement_failed'
        | 'pooledcredit.loan.installment_due'
        | 'pooledcredit.loan.delinquency_changed'
        | 'pooledcredit.loan.defaulted'
        | 'pooledcredit.loan.repaid'
        | 'pooledcredit.loan.repaid_in_full'
        | 'pooledcredit.loan.repayment_reversed'
        | 'pooledcredit.loan.charged_back'
        | 'pooledcredit.loan.refunded'
        | 'pooledcredit.loan.restructured'
        | 'pooledcredit.loan.opened'
        | 'pooledcredit.loan.annulled'
        | 'pooledcredit.loan.promise_broken'
        | 'pooledcredit.loan.charged_off'
        | 'pooledcredit.loan.written_off'
        | 'pooledcredit.loan.recovered'
        | undefined;
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<Event>> {
    return this.call<Page<Event>>({ method: 'GET', path: '/loans/{id}/events' }, { path: { id }, query, options });
  }

  /**
   * Make an API key. Its secret is in this answer only; send it as a bearer token.
   * Scope `apikeys:write`. Not for members. Repeat it with the same Idempotency-Key and it is done once.
   */
  createApiKey(body: NewApiKey, options?: CallOptions): Promise<ApiKeyWithSecret> {
    return this.call<ApiKeyWithSecret>({ method: 'POST', path: '/api-keys', idempotent: true }, { body, options });
  }

  /**
   * List the tenant's API keys, the newest first, also those that have ended.
   * Scope `apikeys:write`. Not for members.
   */
  listApiKeys(
    query: {
      /** 1 to 200, default 50. */
      limit?: number | undefined;
      /** next_cursor of the page before. */
      cursor?: string | undefined;
    } = {},
    options?: CallOptions,
  ): Promise<Page<ApiKey>> {
    return this.call<Page<ApiKey>>({ method: 'GET', path: '/api-keys' }, { query, options });
  }

  /**
   * An API key.
   * Scope `apikeys:write`. Not for members.
   */
  getApiKey(id: string, options?: CallOptions): Promise<ApiKey> {
    return this.call<ApiKey>({ method: 'GET', path: '/api-keys/{id}' }, { path: { id }, options });
  }

  /**
   * Revoke an API key: it opens nothing from now on, and stays in the list.
   * Scope `apikeys:write`. Not for members.
   */
  revokeApiKey(id: string, options?: CallOptions): Promise<void> {
    return this.call<void>({ method: 'DELETE', path: '/api-keys/{id}' }, { path: { id }, options });
  }

  /**
   * A token of one of the sandbox's clients.
   * Sandbox only. No token.
   */
  issueToken(body: TokenRequest = {}, options?: CallOptions): Promise<Token> {
    return this.call<Token>(
      { method: 'POST', path: '/oauth/token', changesNothing: true, open: true },
      { body, options },
    );
  }

  /**
   * The public keys of the sandbox's tokens.
   * Sandbox only. No token.
   */
  getKeys(options?: CallOptions): Promise<JsonWebKeySet> {
    return this.call<JsonWebKeySet>({ method: 'GET', path: '/.well-known/jwks.json', open: true }, { options });
  }

  /**
   * The reference page: it reads this description, and can send requests.
   * No token.
   */
  getReference(options?: CallOptions): Promise<string> {
    return this.call<string>({ method: 'GET', path: '/docs', open: true }, { options });
  }

  /**
   * A script, a style or a picture of the reference page.
   * No token.
   */
  getReferenceFile(file: string, options?: CallOptions): Promise<string> {
    return this.call<string>({ method: 'GET', path: '/docs/{file}', open: true }, { path: { file }, options });
  }

  /**
   * A guide for integrators, as Markdown.
   * No token.
   */
  getGuide(name: string, options?: CallOptions): Promise<string> {
    return this.call<string>({ method: 'GET', path: '/docs/guides/{name}', open: true }, { path: { name }, options });
  }

  /**
   * Whether this process answers.
   * No token.
   */
  isAlive(options?: CallOptions): Promise<{
    status: 'ok';
  }> {
    return this.call<{
      status: 'ok';
    }>({ method: 'GET', path: '/healthz', open: true }, { options });
  }

  /**
   * Whether this process can do its work. Without Temporal it still can read: commands then get 503.
   * No token.
   */
  isReady(options?: CallOptions): Promise<{
    status: 'ok';
    postgres: 'ok';
    temporal: 'ok' | 'unreachable';
  }> {
    return this.call<{
      status: 'ok';
      postgres: 'ok';
      temporal: 'ok' | 'unreachable';
    }>({ method: 'GET', path: '/readyz', open: true }, { options });
  }

  /**
   * Metrics in the text format of Prometheus.
   * No token.
   */
  getMetrics(options?: CallOptions): Promise<string> {
    return this.call<string>({ method: 'GET', path: '/metrics', open: true }, { options });
  }

  /**
   * This description.
   * No token.
   */
  getOpenApi(options?: CallOptions): Promise<{
    [field: string]: unknown;
  }> {
    return this.call<{
      [field: string]: unknown;
    }>({ method: 'GET', path: '/openapi.json', open: true }, { options });
  }

  /**
   * What a kind of problem means.
   * No token.
   */
  getProblem(slug: string, options?: CallOptions): Promise<string> {
    return this.call<string>({ method: 'GET', path: '/problems/{slug}', open: true }, { path: { slug }, options });
  }
}
