import { type ParsedUrlQuery, parse as parseQuery } from 'node:querystring';
import type { Request } from 'express';
import { newRequestId } from '../tenancy/ids';
import { Problem } from './problem';

/** The longest address has an id of 128 characters and a cursor of 256; the rest is room for filters. */
const MAX_TARGET = 2_048;
/** Twice what any operation takes. */
const MAX_PARAMETERS = 20;

/**
 * Checks what Node lets through of a request's first line and headers.
 *
 * @throws Problem `malformed-request`, `uri-too-long`, `expectation-failed`
 */
export function checkRequest(req: Request): void {
  const hosts = req.headersDistinct.host?.length ?? 0;
  if (hosts > 1 || (hosts === 0 && req.httpVersion !== '1.0'))
    throw new Problem('malformed-request', `A request has one Host header; this one has ${hosts}.`);
  if (req.url.length > MAX_TARGET)
    throw new Problem('uri-too-long', `The address with its query is longer than ${MAX_TARGET} characters.`);
  const { expect } = req.headers;
  if (expect !== undefined && !/^100-continue$/i.test(expect))
    throw new Problem('expectation-failed', 'This API can not meet what the Expect header asks for.');
}

/**
 * The parameters of a query or a form.
 *
 * @throws Problem `validation-failed` where they are too many, or not in UTF-8: they would be left out, or altered
 */
export function parametersOf(place: 'query' | 'form', text: string): ParsedUrlQuery {
  if (text.split('&', MAX_PARAMETERS + 1).length > MAX_PARAMETERS)
    throw wrong(place, 'too-many', `has more than ${MAX_PARAMETERS} parameters`);
  try {
    decodeURIComponent(text);
  } catch {
    throw wrong(place, 'wrong-format', 'is not percent-encoded UTF-8');
  }
  return parseQuery(text);
}

const wrong = (place: string, code: string, detail: string): Problem =>
  new Problem('validation-failed', `The ${place} ${detail}.`, { errors: [{ pointer: '', code, detail }] });

/**
 * A header that may come once.
 *
 * @throws Problem `validation-failed` where it comes twice: which of them counts is nothing to guess
 */
export function singleHeader(req: Request, name: string): string | undefined {
  const [value, ...others] = req.headersDistinct[name] ?? [];
  if (others.length === 0) return value;
  const detail = 'must be sent once';
  throw new Problem('validation-failed', `The header ${name} ${detail}; it came ${others.length + 1} times.`, {
    errors: [{ pointer: `/${name}`, code: 'repeated-header', detail }],
  });
}

const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}$/;

/** The caller's id of the request where it is one that logs can carry, else a new one. */
export function requestIdOf(req: Request): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newRequestId();
}
