import type { Acknowledged, Lender } from './lender';

/** Money that was moved, as the API answers it. */
interface Moved {
  id: string;
  loan_id: string;
  amount: number;
  txn_id: string;
}

interface Repayment extends Moved {
  reference: string | null;
  allocation: { principal: number };
}

/** A new loan that took the place of one, and what was paid out in addition. */
interface Succession {
  loan: string;
  successor: string;
}

/** What the lender was told has happened, from its journal. */
export class Acknowledgements {
  constructor(private readonly lender: Lender) {}

  /** How much of what a run is about has happened. */
  counts(): string {
    const bounced = this.loansWith('reverse-repayment').length;
    const back = this.loansWith('undo-reschedule').length;
    return (
      `${this.requested().length} loans, ${this.paidOut().length} payouts to borrowers, ${this.toppedUp().length} top-ups, ` +
      `${this.refunded().length} refunds, ${this.repaid().length} repayments, ${bounced} of them bounced, ` +
      `${this.successions().length} loans replaced, ${back} of them brought back`
    );
  }

  /** Calls that were carried out, with the part of their path that the pattern captures. */
  calls(pattern: RegExp): (Acknowledged & { subject: string })[] {
    return this.lender.journal.flatMap((call) => {
      const subject = pattern.exec(call.path)?.[1];
      return subject !== undefined && call.status < 300 ? [{ ...call, subject }] : [];
    });
  }

  answers<T>(pattern: RegExp): T[] {
    return this.calls(pattern).map(({ text }) => JSON.parse(text) as T);
  }

  /** The loans that a command of this name was carried out on. */
  loansWith(verb: string): string[] {
    return this.calls(new RegExp(`^/loans/([^/]+)/${verb}$`)).map((call) => call.subject);
  }

  requested(): { loan: string; amount: number }[] {
    return this.calls(/^\/creditpools\/([^/]+)\/loans$/).map(({ text, body }) => ({
      loan: (JSON.parse(text) as { resource: { id: string } }).resource.id,
      amount: numberIn(body, 'amount'),
    }));
  }

  successions(): Succession[] {
    return this.calls(/^\/loans\/([^/]+)\/(?:reschedule|refinance)$/).flatMap(({ subject: loan, text }) => {
      const { successor } = JSON.parse(text) as { successor?: string };
      return successor === undefined ? [] : [{ loan, successor }];
    });
  }

  paidOut(): Moved[] {
    return this.answers(/^\/loans\/([^/]+)\/disburse$/);
  }

  refunded(): Moved[] {
    return this.answers(/^\/loans\/([^/]+)\/refund$/);
  }

  toppedUp(): { loan_id: string; amount: number }[] {
    return this.calls(/^\/loans\/([^/]+)\/refinance$/)
      .map(({ subject, body }) => ({ loan_id: subject, amount: numberIn(body, 'top_up') }))
      .filter(({ amount }) => amount > 0);
  }

  repaid(): Repayment[] {
    return this.answers(/^\/loans\/([^/]+)\/repay$/);
  }

  /** Repayments that did not bounce. */
  standing(): Repayment[] {
    const reversals = this.calls(/^\/loans\/([^/]+)\/reverse-repayment$/);
    const bounced = new Set(reversals.map(({ body }) => Reflect.get(body, 'repayment_id')));
    return this.repaid().filter(({ id }) => !bounced.has(id));
  }

  contributed(): { id: string; amount: number; txn_id: string }[] {
    return this.answers(/^\/creditpools\/([^/]+)\/contributions$/);
  }
}

const numberIn = (body: object, name: string): number => Number(Reflect.get(body, name) ?? 0);
