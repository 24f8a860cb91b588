import type { RecordedEvent } from '../../src/lending/events';
import { receivedIn } from '../../src/lending/receipts';

const repaid = (seq: number, amount: number, changes: object = {}) => ({ type: 'repaid', seq, amount, ...changes });

const received = (...events: object[]): number => receivedIn(events as RecordedEvent[]);

describe('what was paid to a loan', () => {
  it('is all repayments, and what was recovered once it was written off', () => {
    expect(received()).toBe(0);
    expect(received({ type: 'disbursed', seq: 1, amount: 900 }, repaid(2, 30), repaid(3, 20))).toBe(50);
    expect(received(repaid(1, 30), { type: 'written_off', seq: 2 }, { type: 'recovered', seq: 3, amount: 5 })).toBe(35);
  });

  it('is less what was charged back', () => {
    expect(received(repaid(1, 30), { type: 'charged_back', seq: 2, amount: 10 })).toBe(20);
  });

  it('is not what the lender gave', () => {
    expect(received(repaid(1, 30), repaid(2, 20, { goodwill: { reason: 'Sorry' } }))).toBe(30);
  });

  it('counts what a correction posted anew once, and what it took out not at all', () => {
    const corrected = { type: 'corrected', seq: 4, reverses: [3, 2, 1] };
    const events = [repaid(1, 30), repaid(2, 20), { type: 'charged_back', seq: 3, amount: 7 }, corrected];
    expect(received(...events)).toBe(0);
    expect(received(...events, repaid(5, 20, { replayed: true }))).toBe(20);
    const again = { type: 'corrected', seq: 6, reverses: [5] };
    expect(received(...events, repaid(5, 20, { replayed: true }), again, repaid(7, 20, { replayed: true }))).toBe(20);
  });

  it('is untouched by a payout that failed', () => {
    expect(received(repaid(1, 30), { type: 'disbursement_failed', seq: 3, reverses: 2 })).toBe(30);
  });
});
