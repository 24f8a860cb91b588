import { z } from 'zod';
import { createProduct, getProduct, listProducts, replaceProduct } from '../../products/products';
import { matchesAnyWeakly, requireMatch } from '../etag';
import { listOf, paging, pathId, wholeNumber } from '../fields';
import { ok, operation, type TenantOperation } from '../operation';
import { pageAnswer, pageRequest } from '../paging';
import { definitionOf, etagOfProduct, newProduct, product, showProduct } from '../schemas/products';
import { createdOf, okOf } from './answers';

const params = z.strictObject({ id: pathId });
/** What an INTEGER holds. */
const MAX_VERSION = 2_147_483_647;

export const productOperations: readonly TenantOperation[] = [
  operation({
    id: 'createProduct',
    method: 'post',
    path: '/products',
    summary: 'Create a loan product.',
    tag: 'Products',
    scope: 'pooledcredit:write',
    idempotent: true,
    body: newProduct,
    answers: createdOf(product, ['Location', 'ETag']),
    problems: ['not-found'],
    handle: async ({ tenant, caller }, { body }) => {
      const row = await createProduct(tenant, caller, definitionOf(body));
      const headers = { Location: `/products/${row.id}`, ETag: etagOfProduct(row) };
      return { status: 201, body: showProduct(row), headers };
    },
  }),
  operation({
    id: 'listProducts',
    method: 'get',
    path: '/products',
    summary: 'List products as they are, the newest first.',
    tag: 'Products',
    scope: 'pooledcredit:read',
    query: z.strictObject(paging),
    answers: okOf(listOf(product)),
    handle: async ({ tenant }, { query }) =>
      ok(pageAnswer(await listProducts(tenant, pageRequest(query, { idPrefix: 'prod' })), showProduct)),
  }),
  operation({
    id: 'getProduct',
    method: 'get',
    path: '/products/{id}',
    summary: 'A product as it is, or in an earlier version.',
    tag: 'Products',
    scope: 'pooledcredit:read',
    conditional: 'if-none-match',
    params,
    query: z.strictObject({
      version: wholeNumber(1, MAX_VERSION).optional().meta({ description: 'Default: the current one.' }),
    }),
    answers: {
      200: { description: 'OK', schema: product, headers: ['ETag'] },
      304: { description: 'Not changed since the ETag in If-None-Match', headers: ['ETag'] },
    },
    handle: async (context, { params: { id }, query }) => {
      const row = await getProduct(context.tenant, id, query.version);
      const headers = { ETag: etagOfProduct(row) };
      if (matchesAnyWeakly(context.header('if-none-match'), headers.ETag))
        return { status: 304, body: undefined, headers };
      return ok(showProduct(row), headers);
    },
  }),
  operation({
    id: 'replaceProduct',
    method: 'put',
    path: '/products/{id}',
    summary: 'Make the next version of a product; loans keep the one that they were made from.',
    tag: 'Products',
    scope: 'pooledcredit:write',
    conditional: 'if-match',
    params,
    body: newProduct,
    answers: { 200: { description: 'OK', schema: product, headers: ['ETag'] } },
    handle: async (context, { params: { id }, body }) => {
      const { tenant, caller } = context;
      const before = await getProduct(tenant, id);
      const { named } = requireMatch(context.header('if-match'), etagOfProduct(before));
      const expected = named ? before.version : undefined;
      const row = await replaceProduct(tenant, caller, id, definitionOf(body), expected);
      return ok(showProduct(row), { ETag: etagOfProduct(row) });
    },
  }),
];
