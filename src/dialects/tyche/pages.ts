import { z } from 'zod';
import { wholeNumber } from '../../api/fields';
import type { NumberedRequest } from '../../tenancy/paging';

const DEFAULT_PER_PAGE = 15;
/** Enough for a screen or a batch, few enough to build at once. */
const MAX_PER_PAGE = 100;
/** Whoever goes through a list page by page reads fewer. */
const MAX_PAGE = 1_000_000;

/** What every list takes. */
export const paging = {
  page: wholeNumber(1, MAX_PAGE).default(1).meta({ description: 'From 1 on.' }),
  perPage: wholeNumber(1, MAX_PER_PAGE)
    .default(DEFAULT_PER_PAGE)
    .meta({ description: `1 to ${MAX_PER_PAGE}, default ${DEFAULT_PER_PAGE}.` }),
};

interface Asked {
  page: number;
  perPage: number;
}

/** What every list answers beside its data. */
export const pagination = z
  .strictObject({
    currentPage: z.int(),
    perPage: z.int(),
    totalCount: z.int(),
    totalPages: z.int(),
    previousPage: z.int().meta({ description: '0: there is none.' }),
    nextPage: z.int().meta({ description: '0: there is none.' }),
  })
  .meta({ id: 'Pagination' });

export const pageOf = ({ page, perPage }: Asked): NumberedRequest => ({ limit: perPage, offset: (page - 1) * perPage });

export function paginationOf({ page, perPage }: Asked, total: number): z.input<typeof pagination> {
  const totalPages = Math.ceil(total / perPage);
  return {
    currentPage: page,
    perPage,
    totalCount: total,
    totalPages,
    previousPage: Math.min(page - 1, totalPages),
    nextPage: page < totalPages ? page + 1 : 0,
  };
}
