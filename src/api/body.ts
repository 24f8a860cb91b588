import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import { parseJson } from './json';
import { Problem } from './problem';
import { parametersOf } from './request';

/** A loan request with its terms is below 2 kB, a batch of 1,000 repayments below 200 kB. */
const MAX_BODY_BYTES = 256 * 1024;

/**
 * Reads a request's body; one that is left out is an empty object.
 *
 * @param how `alwaysJson`: it is JSON whatever its Content-Type says
 * @throws Problem `unsupported-media-type`, `payload-too-large`, `malformed-json`, `malformed-request`
 */
export async function readBody(
  req: Request,
  res: Response,
  {
    takesForm,
    alwaysJson = false,
    maxBytes = MAX_BODY_BYTES,
  }: { takesForm: boolean; alwaysJson?: boolean; maxBytes?: number | undefined },
): Promise<unknown> {
  const { headers } = req;
  const announced = Number(headers['content-length'] ?? 0);
  if (headers['transfer-encoding'] === undefined && announced === 0) return {};
  const parse = alwaysJson ? jsonParser(headers) : parserFor(headers, takesForm);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  // its caller waits for this before it sends the body
  if (headers.expect !== undefined) res.writeContinue();
  const bytes = await readBytes(req, maxBytes);
  return bytes.length === 0 ? {} : parse(bytes);
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded *(?:;|$)/i;
const OTHER_CHARSET = /; *charset *= *(?!"?utf-8"? *(?:;|$))/i;

function jsonParser(headers: IncomingHttpHeaders): (bytes: Buffer) => unknown {
  refuseEncoded(headers);
  return parseJson;
}

function refuseEncoded(headers: IncomingHttpHeaders): void {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Problem('unsupported-media-type', 'Send the body without a Content-Encoding.');
}

function parserFor(headers: IncomingHttpHeaders, takesForm: boolean): (bytes: Buffer) => unknown {
  const type = headers['content-type'] ?? '';
  refuseEncoded(headers);
  const parse = JSON_TYPE.test(type) ? parseJson : takesForm && FORM_TYPE.test(type) ? parseForm : undefined;
  if (parse === undefined) {
    const given = type === '' ? 'has none' : `is ${type.slice(0, 100)}`;
    throw new Problem(
      'unsupported-media-type',
      `The Content-Type must be application/json; that of the request ${given}.`,
    );
  }
  if (OTHER_CHARSET.test(type)) throw new Problem('unsupported-media-type', 'Send the body in UTF-8.');
  return parse;
}

/** Bytes that are no UTF-8 are refused as an escape of one would be. */
const parseForm = (bytes: Buffer): unknown => parametersOf('form', isUtf8(bytes) ? bytes.toString('utf8') : '%FF');

/** The answer need not wait for the rest of a body that is too large: Node throws it away, as long as a request may take. */
function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else reject(tooLarge(maxBytes));
    });
    req.once('end', () => resolve(Buffer.concat(chunks)));
    const cut = () => reject(new Problem('malformed-request', 'The connection ended before the body did.'));
    req.once('error', cut);
    req.once('close', cut);
  });
}

const tooLarge = (maxBytes: number): Problem =>
  new Problem('payload-too-large', `The body is larger than ${maxBytes} bytes.`);
