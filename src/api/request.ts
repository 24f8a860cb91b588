import express, { type Request, type Response } from 'express';
import { newRequestId } from '../tenancy/ids';
import { Problem } from './problem';

/** A loan request with its terms is below 2 kB; the rest is room for evidence and long purposes. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_FORM_FIELDS = 20;

const readJson = express.json({ limit: MAX_BODY_BYTES, type: () => true, strict: false, inflate: false });
const readForm = express.urlencoded({
  limit: MAX_BODY_BYTES,
  type: () => true,
  extended: false,
  inflate: false,
  parameterLimit: MAX_FORM_FIELDS,
});

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded *(?:;|$)/i;

/**
 * Reads a request's body; one that is left out is an empty object.
 *
 * @throws Problem `unsupported-media-type`, or the body parser's error
 */
export async function readBody(req: Request, res: Response, takesForm: boolean): Promise<unknown> {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (!hasBody) return {};
  const read = readerOf(req.headers['content-type'] ?? '', takesForm);
  await new Promise<void>((resolve, reject) => {
    read(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  return req.body === undefined ? {} : req.body;
}

function readerOf(contentType: string, takesForm: boolean): typeof readJson {
  if (JSON_TYPE.test(contentType)) return readJson;
  if (takesForm && FORM_TYPE.test(contentType)) return readForm;
  const given = contentType === '' ? 'has none' : `is ${contentType.slice(0, 100)}`;
  throw new Problem(
    'unsupported-media-type',
    `The Content-Type must be application/json; that of the request ${given}.`,
  );
}

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
