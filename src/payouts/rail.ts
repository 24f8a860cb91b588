export interface Payout {
  org_id: string;
  /** the rail pays one id once, however often it is asked */
  id: string;
  loan_id: string;
  /** minor units */
  amount: number;
  currency: string;
  /** an account that the rail knows; null: the borrower's usual one */
  destination: string | null;
}

/** The rail's final no: nothing was paid and nothing will be. */
export class PayoutRefused extends Error {}

/**
 * What pays money out to borrowers. A rail may be slow, answer late, or not at all; it may never pay an id twice, nor
 * pay one that it has cancelled.
 */
export interface PayoutRail {
  /**
   * Settles when the payout is made.
   *
   * @throws PayoutRefused where the rail says no for good; anything else may be tried again
   */
  pay(payout: Payout): Promise<void>;
  /** Cancels a payout that was not made yet, also one that the rail never heard of; says what became of it. */
  cancel(payout: Payout): Promise<'CANCELLED' | 'PAID'>;
}
