import fc from 'fast-check';
import { sharesOf } from '../../src/pools/shares';

const members = (...contributed: number[]) =>
  contributed.map((each, index) => ({ member_id: `mem_${index + 1}`, contributed: each }));
const amounts = (amount: number, ...contributed: number[]) =>
  sharesOf(amount, members(...contributed)).map((share) => share.amount);

describe('a distribution is shared', () => {
  it.each([
    ['as contributions are', 100, [3, 1], [75, 25]],
    ['to one member alone', 7, [5], [7]],
    ['with the unit that is left to the largest remainder', 100, [1, 5, 1], [14, 72, 14]],
    ['with a unit each where several are left', 10, [7, 11, 13], [2, 4, 4]],
    ['with what is left of equal remainders to the lowest ids', 101, [1, 1, 1], [34, 34, 33]],
    ['with nothing for whom a unit is too much', 2, [1, 1, 1], [1, 1, 0]],
    ['beyond what floats can tell apart', 2 ** 53 - 1, [2 ** 52, 2 ** 52 - 2], [2 ** 52 + 1, 2 ** 52 - 2]],
  ])('%s', (_, amount, contributed, shares) => {
    expect(amounts(amount, ...contributed)).toEqual(shares);
  });

  it('whatever the order of the members', () => {
    const [a, b, c] = members(1, 1, 1);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three');
    expect(sharesOf(4, [c, a, b])).toEqual(sharesOf(4, [a, b, c]));
  });

  it('exactly, and to each within a unit of its part', () => {
    const contributed = fc.array(fc.integer({ min: 1, max: 10 ** 12 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 12 }), contributed, (amount, each) => {
        const shares = sharesOf(amount, members(...each));
        const total = each.reduce((sum, part) => sum + part, 0);
        expect(shares.reduce((sum, share) => sum + share.amount, 0)).toBe(amount);
        for (const share of shares) {
          const exact = BigInt(amount) * BigInt(share.contributed);
          const off = BigInt(share.amount) * BigInt(total) - exact;
          expect(off > -BigInt(total) && off < BigInt(total)).toBe(true);
        }
      }),
      { seed: 5 },
    );
  });

  it('in whole minor units only', () => {
    expect(() => amounts(0.5, 1)).toThrow(RangeError);
  });
});
