import { z } from 'zod';
import { matchesAnyWeakly, requireMatch } from '../../src/api/etag';
import { problemOf } from '../../src/api/failures';
import { currency, date, timestamp } from '../../src/api/fields';
import { fingerprintOf } from '../../src/api/idempotency';
import { pageAnswer, pageRequest } from '../../src/api/paging';
import { Problem } from '../../src/api/problem';
import { parse } from '../../src/api/validation';
import { isCurrency, minorDigits } from '../../src/lending/currency';
import { idOf, newCommandId } from '../../src/tenancy/ids';

/** What a call throws. */
function thrownBy(call: () => unknown): Problem {
  try {
    call();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('ids', () => {
  it('of one command share its ULID, and later ones sort later', () => {
    const [first, second] = [newCommandId(), newCommandId()];
    expect(idOf('loan', first)).toBe(first.replace('cmd_', 'loan_'));
    expect(second > first).toBe(true);
  });
});

describe('currencies', () => {
  it('have the digits of ISO 4217, and USDC has 6', () => {
    const digits = ['USD', 'JPY', 'KWD', 'CLF', 'USDC'].map(minorDigits);
    expect(digits).toEqual([2, 0, 3, 4, 6]);
    for (const code of ['usd', 'XXX', 'XAU', '', 'BTC', 'USD ', 'constructor']) expect(isCurrency(code)).toBe(false);
    expect(() => minorDigits('XXX')).toThrow(RangeError);
    expect(currency.safeParse('EUR').success).toBe(true);
  });
});

describe('dates and times', () => {
  it.each(['2025-02-29', '2025-13-01', '25-01-01', '2025-1-1', '2025-01-01T00:00:00Z', '0001-01-01', ''])(
    '%s is no date',
    (text) => {
      expect(date.safeParse(text).success).toBe(false);
    },
  );
  it.each(['2025-01-01', '2025-01-01T00:00:00', '2025-02-30T00:00:00Z', '+275760-09-13T00:00:00Z', 'now'])(
    '%s is no time',
    (text) => {
      expect(timestamp.safeParse(text).success).toBe(false);
    },
  );
  it('takes leap days and offsets', () => {
    expect(date.safeParse('2024-02-29').success).toBe(true);
    expect(timestamp.safeParse('2025-01-01T00:00:00.5+05:30').success).toBe(true);
  });
});

describe('validation', () => {
  it('points at what is wrong, keys with slashes and tildes too', () => {
    const schema = z.strictObject({ list: z.array(z.strictObject({ n: z.int() })) });
    const problem = thrownBy(() => parse(schema, { list: [{ n: 1 }, { n: 'x', 'a/b~c': 1 }] }));
    expect(problem.extra.errors).toEqual([
      { pointer: '/list/1/n', code: 'wrong-type', detail: 'must be a number' },
      { pointer: '/list/1/a~1b~0c', code: 'unknown-field', detail: 'is not a field of this request; remove it' },
    ]);
  });

  it.each([
    ['a NUL', { a: { b: 'x\0' } }, '/a/b', 'wrong-format'],
    ['a NUL in a key', { a: { 'b\0': 1 } }, '/a', 'wrong-format'],
    ['half a character', { a: '\udc00' }, '/a', 'wrong-format'],
  ])('refuses %s wherever it is', (_, input, pointer, code) => {
    expect(thrownBy(() => parse(z.any(), input)).extra.errors).toMatchObject([{ pointer, code }]);
  });

  it('takes every whole character', () => {
    expect(parse(z.any(), { a: '😀 é 汉' })).toEqual({ a: '😀 é 汉' });
  });
});

describe('entity tags', () => {
  it('match strongly for changes', () => {
    expect(requireMatch('"a", "b"', '"b"')).toEqual({ named: true });
    expect(requireMatch('*', '"b"')).toEqual({ named: false });
    for (const header of ['"a"', 'W/"b"', 'b', ''])
      expect(thrownBy(() => requireMatch(header, '"b"')).slug).toBe('etag-mismatch');
    expect(thrownBy(() => requireMatch(undefined, '"b"')).slug).toBe('precondition-required');
  });

  it('match weakly for reads', () => {
    for (const header of ['"b"', 'W/"b"', '"a", W/"b"', '*']) expect(matchesAnyWeakly(header, '"b"')).toBe(true);
    for (const header of [undefined, '"a"', 'b', '']) expect(matchesAnyWeakly(header, '"b"')).toBe(false);
  });
});

describe('cursors', () => {
  it('are opaque and come back as they were', () => {
    const ulid = '01J6Q6TCC00000000000000000';
    const { next_cursor } = pageAnswer({ rows: [1], next: `pool_${ulid}` }, String);
    expect(next_cursor).not.toContain('pool');
    const query = { limit: 1, cursor: next_cursor ?? '' };
    expect(pageRequest(query, { idPrefix: 'pool' })).toEqual({ limit: 1, after: `pool_${ulid}` });
    expect(thrownBy(() => pageRequest(query, { idPrefix: 'loan' })).slug).toBe('validation-failed');
    expect(thrownBy(() => pageRequest(query, 'position')).slug).toBe('validation-failed');
    expect(thrownBy(() => pageRequest({ limit: 1, cursor: `${next_cursor}=` }, { idPrefix: 'pool' })).slug).toBe(
      'validation-failed',
    );
  });
});

describe('fingerprints', () => {
  it('do not depend on the order of fields, and on all else', () => {
    const print = fingerprintOf({ a: 1, b: { c: [1, 2], d: null } });
    expect(fingerprintOf({ b: { d: null, c: [1, 2] }, a: 1 })).toBe(print);
    for (const other of [{ a: 1, b: { c: [2, 1], d: null } }, { a: '1', b: { c: [1, 2], d: null } }, {}])
      expect(fingerprintOf(other)).not.toBe(print);
  });
});

describe('failures', () => {
  const withCode = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

  const fromTemporal = (code: number, details: string): Error =>
    new Error('Workflow Update failed', { cause: Object.assign(new Error(details), { code, details, metadata: {} }) });

  it.each([
    ['a refused connection', withCode('ECONNREFUSED')],
    ['several', new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])],
    ['one behind another', new Error('fetch failed', { cause: withCode('ENOTFOUND') })],
    ['a PostgreSQL that shuts down', withCode('57P01')],
    ['too many connections', withCode('53300')],
    ['a deadlock', withCode('40P01')],
    ['a lost connection', new Error('Connection terminated unexpectedly')],
    ['a Temporal that is busy', fromTemporal(8, 'too many requests')],
    ['a loan whose workers are drowning', fromTemporal(9, 'Unable to … due to Workflow Task in failed state.')],
  ])('%s is unavailable', (_, error) => {
    expect(problemOf(error)).toMatchObject({ slug: 'unavailable', status: 503 });
  });

  it.each([
    ['a bug', new TypeError('x is not a function')],
    ['SQL that is wrong', withCode('42601')],
    ['another precondition of Temporal', fromTemporal(9, 'the pools are closed')],
    ['a constraint', withCode('23514', 'new row for relation "pools" violates check')],
    ['nothing', undefined],
    ['a text', 'boom'],
  ])('%s is an internal error that says nothing', (_, error) => {
    const problem = problemOf(error);
    expect(problem.slug).toBe('internal-error');
    expect(JSON.stringify(problem.toDocument('/x', 'req'))).not.toMatch(/pools|function|boom/);
  });

  it('follow no loop of causes for ever', () => {
    const error = new Error('a');
    error.cause = error;
    expect(problemOf(error).slug).toBe('internal-error');
  });
});
