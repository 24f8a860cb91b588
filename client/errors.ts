/** One thing that is wrong with a request: where (a JSON pointer), which rule, and what to do. */
export interface FieldError {
  pointer: string;
  code: string;
  detail: string;
}

/** A problem of RFC 9457, as Tenor answers it. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  request_id: string;
  errors?: FieldError[];
}

/** Tenor, or something in front of it, refused a call or failed. */
export class TenorProblem extends Error {
  override readonly name = 'TenorProblem';
  readonly status: number;
  /** such as `over-allocation`; `other` where the answer was no problem of Tenor's, but a proxy's page, say */
  readonly slug: string;
  readonly detail: string;
  /** for the support; in the logs and the audit trail, too */
  readonly requestId: string | undefined;
  /** what is wrong with which field, where the slug is `validation-failed` */
  readonly errors: readonly FieldError[];

  constructor(
    readonly document: ProblemDocument,
    /** how often the call was sent */
    readonly attempts: number,
    /** after how many seconds it may be sent again, where Tenor said so */
    readonly retryAfterS: number | undefined,
  ) {
    super(`${document.status} ${document.title}: ${document.detail}`);
    this.status = document.status;
    this.slug = document.type.startsWith(PREFIX) ? document.type.slice(PREFIX.length) : 'other';
    this.detail = document.detail;
    this.requestId = document.request_id;
    this.errors = document.errors ?? [];
  }
}

const PREFIX = '/problems/';

/** No answer came: the network failed, or the time for an attempt was over. What the call did is not known. */
export class TenorUnreachable extends Error {
  override readonly name = 'TenorUnreachable';

  constructor(
    cause: unknown,
    /** how often the call was sent */
    readonly attempts: number,
  ) {
    super(`Tenor gave no answer (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
}

/** An answer that is no success, as an error. */
export function problemOf(response: Response, text: string, attempts: number): TenorProblem {
  const retryAfterS = retryAfterOf(response);
  const document = parsed(response, text);
  if (document !== undefined) return new TenorProblem(document, attempts, retryAfterS);
  const { status, statusText } = response;
  const detail = `an answer that is no problem of Tenor's: ${text.slice(0, MAX_SHOWN)}`;
  const other = { type: 'about:blank', title: statusText, status, detail, instance: response.url };
  const request_id = response.headers.get('x-request-id') ?? '';
  return new TenorProblem({ ...other, request_id }, attempts, retryAfterS);
}

const MAX_SHOWN = 200;

function parsed(response: Response, text: string): ProblemDocument | undefined {
  if (!/^application\/problem\+json/i.test(response.headers.get('content-type') ?? '')) return undefined;
  try {
    return JSON.parse(text) as ProblemDocument;
  } catch {
    return undefined;
  }
}

/** Seconds; Tenor says no dates there, but proxies may. */
function retryAfterOf(response: Response): number | undefined {
  const header = response.headers.get('retry-after');
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(seconds, 0) : undefined;
}
