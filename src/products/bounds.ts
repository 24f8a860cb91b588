import type { Violation } from '../tenancy/refusal';
import { BOUNDED, type Bound, type Bounds, type PartialSchedule, type PartialTerms } from './product';

/** A contract, or as much of one as is known. */
interface KnownContract {
  amount?: number;
  terms: Pick<PartialTerms, 'rate_bps' | 'rate_steps' | 'down_payment_bps' | 'balloon'>;
  schedule: PartialSchedule;
}

/** Every value of a contract that is outside a product's bounds, each with the bound; what is not known breaks none. */
export function checkBounds(contract: KnownContract, bounds: Bounds): Violation[] {
  const found: Violation[] = [];
  const hold = (bound: Bound | undefined, pointer: string, value: number | undefined): void => {
    if (bound === undefined || value === undefined || isWithin(bound, value)) return;
    const detail = `must be ${boundInWords(bound)} by the product's bounds; it is ${value}`;
    found.push({ pointer, code: 'out-of-bounds', detail });
  };
  const { terms, schedule } = contract;
  hold(bounds.amount, '/amount', contract.amount);
  hold(bounds.rate_bps, '/terms/rate_bps', terms.rate_bps);
  for (const [index, step] of (terms.rate_steps ?? []).entries())
    hold(bounds.rate_bps, `/terms/rate_steps/${index}/rate_bps`, step.rate_bps);
  hold(bounds.down_payment_bps, '/terms/down_payment_bps', terms.down_payment_bps);
  hold(bounds.balloon, '/terms/balloon', terms.balloon);
  hold(bounds.installments, '/schedule/installments', schedule.installments);
  hold(bounds.every, '/schedule/every', schedule.every);
  return found;
}

/** The bounds that no value could keep to. */
export function checkContradictions(bounds: Bounds): Violation[] {
  return BOUNDED.flatMap((field) => {
    const { min, max } = bounds[field] ?? {};
    if (min === undefined || max === undefined || min <= max) return [];
    const detail = `has a min of ${min} above its max of ${max}: no ${field} could keep to it`;
    return [{ pointer: `/bounds/${field}`, code: 'contradictory', detail }];
  });
}

const isWithin = ({ min, max }: Bound, value: number): boolean =>
  (min === undefined || value >= min) && (max === undefined || value <= max);

/** `from 100 to 5000`. @param shown how its values are told; left out: as they are */
export function boundInWords({ min, max }: Bound, shown: (value: number) => number = (value) => value): string {
  if (max === undefined) return `at least ${shown(min ?? 0)}`;
  return min === undefined ? `at most ${shown(max)}` : `from ${shown(min)} to ${shown(max)}`;
}
