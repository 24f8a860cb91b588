import { money } from '../lending/money';

/** What a member has put in; minor units, above 0. */
export interface MemberCapital {
  member_id: string;
  contributed: number;
}

/** What a member gets of a distribution; minor units, 0 included. */
export interface Share extends MemberCapital {
  amount: number;
}

/**
 * Shares an amount in proportion to contributions, exact to the minor unit: each gets its part rounded down, and what is left
 * goes, a unit each, to the largest remainders; of equal ones to the lower member id.
 *
 * @param members each once, at least one
 * @returns each member's share, by member id; together the amount
 * @throws RangeError on an amount that is not a safe integer
 */
export function sharesOf(amount: number, members: readonly MemberCapital[]): Share[] {
  const total = members.reduce((sum, each) => sum + BigInt(each.contributed), 0n);
  const parts = members.map((member) => {
    const product = BigInt(money(amount)) * BigInt(member.contributed);
    return { ...member, amount: Number(product / total), remainder: product % total };
  });
  parts.sort((a, b) => compare(b.remainder, a.remainder) || compare(a.member_id, b.member_id));
  const left = amount - parts.reduce((sum, part) => sum + part.amount, 0);
  return parts
    .map(({ remainder: _, ...part }, index) => (index < left ? { ...part, amount: part.amount + 1 } : part))
    .sort((a, b) => compare(a.member_id, b.member_id));
}

const compare = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : Number(a > b));
