/** What is owed or paid, by component; minor units. */
export interface Sums {
  principal: number;
  interest: number;
  fees: number;
  penalties: number;
}
export const FIELDS = ['principal', 'interest', 'fees', 'penalties'] as const;
export const FIELD = { PRINCIPAL: 'principal', INTEREST: 'interest', FEE: 'fees', PENALTY: 'penalties' } as const;

export const nothing = (): Sums => ({ principal: 0, interest: 0, fees: 0, penalties: 0 });
export const total = (sums: Sums) => sums.principal + sums.interest + sums.fees + sums.penalties;

/** An installment that is billed: what is unpaid of it. */
export interface Bill extends Sums {
  number: number;
  due: string;
  lateFees: { count: number; total: number };
  /** days since it was due for which it has no penalty interest yet */
  waiting: number;
}
