import { z } from 'zod';
import { pathId } from '../../api/fields';
import { created, ok, operation, type TenantOperation } from '../../api/operation';
import { createdOf, okOf } from '../../api/routes/answers';
import { createProduct, getProduct, listProductsAt } from '../../products/products';
import { idFromUuid } from '../uuid';
import { inWords } from '../words';
import { successOf } from './fields';
import { orMissing } from './known';
import { pageOf, pagination, paginationOf, paging } from './pages';
import { definitionFrom, showProduct, wordsFor } from './product';
import { newProduct, product } from './product-schemas';
import { surface } from './surface';

const BASE = `${surface.base}/v1/loan-products`;
const about = { tag: 'Products', surface } as const;
const reading = { ...about, method: 'get', scope: 'pooledcredit:read' } as const;

const CREATED = 'loan product created successfully';
const LISTED = 'Loan products fetch successful';
const FOUND = 'Loan product fetch successful';

/** Native products, as far as this API has words for them. */
export const productOperations: readonly TenantOperation[] = [
  operation({
    ...about,
    id: 'tycheCreateLoanProduct',
    method: 'post',
    path: BASE,
    summary: 'Create a new loan product.',
    scope: 'pooledcredit:write',
    idempotent: 'optional',
    body: newProduct,
    answers: createdOf(successOf(CREATED, product)),
    problems: ['not-found'],
    handle: async ({ tenant, caller }, { body }) => {
      const made = await inWords(wordsFor(body), async () =>
        createProduct(tenant, caller, await definitionFrom(tenant, body)),
      );
      return created({ responseCode: '00', status: 'success', message: CREATED, data: showProduct(tenant.org, made) });
    },
  }),
  operation({
    ...reading,
    id: 'tycheListLoanProducts',
    path: BASE,
    summary: 'Get all loan products, the newest first.',
    query: z.object(paging),
    answers: okOf(successOf(LISTED, z.array(product)).extend({ pagination })),
    handle: async ({ tenant }, { query }) => {
      const { rows, total } = await listProductsAt(tenant, pageOf(query));
      const data = rows.map((each) => showProduct(tenant.org, each));
      const page = paginationOf(query, total);
      return ok({ responseCode: '00', status: 'success', message: LISTED, data, pagination: page });
    },
  }),
  operation({
    ...reading,
    id: 'tycheGetLoanProduct',
    path: `${BASE}/{id}`,
    summary: 'Get a loan product.',
    params: z.strictObject({ id: pathId }),
    answers: okOf(successOf(FOUND, product)),
    handle: async ({ tenant }, { params: { id } }) => {
      const found = await orMissing('loan product', id, getProduct(tenant, idFromUuid('prod', id)));
      return ok({ responseCode: '00', status: 'success', message: FOUND, data: showProduct(tenant.org, found) });
    },
  }),
];
