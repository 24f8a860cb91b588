import type { z } from 'zod';
import type { LoanRequest } from '../../api/loans/request';
import type { TenantContext } from '../../api/operation';
import { fieldProblem, Problem } from '../../api/problem';
import type { BusinessDate } from '../../lending/calendar';
import { getMember, type Member } from '../../members/members';
import { boundInWords } from '../../products/bounds';
import type { Bound, Product } from '../../products/product';
import { getProduct } from '../../products/products';
import type { Violation } from '../../tenancy/refusal';
import type { Tenant } from '../../tenancy/tenant';
import { majorOf, minorOf } from '../amounts';
import { getSettings } from '../settings';
import { idFromUuid } from '../uuid';
import type { Words } from '../words';
import { orMissing } from './known';
import type { newLoan } from './loan-schemas';
import { bpsOf, percentOf, RATE_RANGE } from './rate';
import { tycheSettings } from './settings';
import { installmentsOf, tenureSentences } from './tenure';
import { holderTypeOf } from './view';

type Asked = z.output<typeof newLoan>;

/** A request as the native API takes it, and how what is refused of it is told. */
export interface NativeRequest {
  poolId: string;
  request: LoanRequest;
  words: Words;
}

/**
 * What a request for a loan comes to natively.
 *
 * @throws Problem `not-found` (product, holder), `validation-failed`, `invalid-state` where no pool lends by the product
 */
export async function nativeRequest({ tenant }: TenantContext, asked: Asked): Promise<NativeRequest> {
  const { loanProductId, accountHolder, name, amount, interestRate } = asked;
  const product = await orMissing('loan product', loanProductId, getProduct(tenant, idFromUuid('prod', loanProductId)));
  const holder = await orMissing('account holder', accountHolder, getMember(tenant, idFromUuid('mem', accountHolder)));
  requireType(holder, asked);
  requirePast(asked, await tenant.today());
  const { currency } = product;
  const request = {
    borrower_id: holder.id,
    product_id: product.id,
    amount: minorOf(amount, currency, '/amount'),
    currency,
    purpose: name,
    terms: {
      ...(interestRate === undefined ? {} : { rate_bps: bpsOf(interestRate, '/interestRate') }),
      ...graceOf(asked, product),
    },
    schedule: lengthOf(asked, product),
  };
  return { poolId: await poolOf(tenant, product), request, words: wordsFor(product) };
}

function requireType(holder: Member, { accountHolderType }: Asked): void {
  const fits = holderTypeOf(holder);
  if (accountHolderType !== fits)
    throw fieldProblem('/accountHolderType', 'wrong-type', `must be ${fits}, which this account holder is one of`);
}

function requirePast({ loanApplicationDate: date }: Asked, today: BusinessDate): void {
  if (date !== undefined && date > today)
    throw fieldProblem('/loanApplicationDate', 'in-future', `must not be after today, ${today}`);
}

const everyOf = ({ schedule }: Product): number => schedule.every ?? 1;

function lengthOf({ tenure }: Asked, product: Product): NonNullable<LoanRequest['schedule']> {
  return tenure === undefined ? {} : { installments: installmentsOf(tenure, everyOf(product), '/tenure') };
}

/** Neither principal nor interest is paid in a moratorium; interest is earned. */
function graceOf({ moratorium }: Asked, product: Product): NonNullable<LoanRequest['terms']> {
  if (moratorium === undefined) return {};
  const installments = installmentsOf(moratorium, everyOf(product), '/moratorium');
  return { grace: { principal: installments, interest_payment: installments } };
}

async function poolOf(tenant: Tenant, { id, pool_id }: Product): Promise<string> {
  const pool = pool_id ?? (await getSettings(tenant, tycheSettings)).pool_id;
  if (pool !== null) return pool;
  throw new Problem(
    'invalid-state',
    `No pool lends by the loan product ${id}: give the product one, or the settings of this API.`,
  );
}

function wordsFor(product: Product): Words {
  const { currency } = product;
  const fields = {
    '/amount': 'amount',
    '/purpose': 'name',
    '/borrower_id': 'accountHolder',
    '/terms/rate_bps': 'interestRate',
    '/terms/grace': 'moratorium',
    '/schedule': 'tenure',
    // what only the product says
    '/schedule/frequency': 'loanProductId',
    '/schedule/every': 'loanProductId',
    '/terms': 'loanProductId',
    '/currency': 'loanProductId',
    '/product_id': 'loanProductId',
  };
  return { fields, currency, say: (violation) => inUnits(violation, product) };
}

/** A limit in the units of the request. */
function inUnits({ pointer, code, detail }: Violation, product: Product): string | undefined {
  const { bounds, currency } = product;
  const limit = (bound: Bound | undefined, shown: (value: number) => number): string | undefined =>
    bound === undefined ? undefined : `must be ${boundInWords(bound, shown)}, as its loan product says`;
  const every = everyOf(product);
  switch (`${pointer} ${code}`) {
    case '/amount out-of-bounds':
      return limit(bounds.amount, (minor) => majorOf(minor, currency));
    case '/terms/rate_bps out-of-bounds':
      return limit(bounds.rate_bps, percentOf);
    case '/terms/rate_bps out-of-range':
      return RATE_RANGE;
    case '/terms/rate_bps required':
    case '/schedule/installments required':
      return 'is required: its loan product does not say it';
    case '/schedule/installments out-of-bounds':
      return limit(bounds.installments, (count) => count * every);
    case '/schedule/every out-of-bounds':
      return 'leaves to each loan every how many units an installment is due, which no field of this API says';
    case '/currency wrong-currency':
      return `is in another currency than its pool: ${detail}`;
    default:
      return tenureSentences(every)[`${pointer} ${code}`];
  }
}
