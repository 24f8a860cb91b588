import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { DIALECT_OPERATIONS, SURFACES } from '../dialects';
import { allowOrigins } from './cross-origin';
import { dispatch, type Exchange, problemAnswer } from './dispatch';
import { problemOf } from './failures';
import type { StoredAnswer } from './idempotency';
import type { Method, Operation, Services } from './operation';
import { operationsFor } from './operations';
import { Problem } from './problem';
import { checkRequest, parametersOf, requestIdOf } from './request';
import type { Surface } from './surface';
import { NEWEST, VERSION_HEADER } from './versions/versions';

/** The HTTP side of the API: each operation at its path, and problems for all else. */
export function createApp(services: Services): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.set('query parser', (text: string | null) => parametersOf('query', text ?? ''));
  app.use((_req: Request, res: Response, next: NextFunction) => {
    res.set({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'private, no-cache' });
    res.set(VERSION_HEADER, NEWEST);
    res.vary(VERSION_HEADER);
    next();
  });
  for (const [path, operations] of byPath([...operationsFor(services.config), ...DIALECT_OPERATIONS])) {
    const route = app.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    if (operations.some((operation) => operation.scope !== null && operation.temporalUi === true))
      route.all(allowOrigins(services.config.temporal.uiOrigins, 'POST'));
    for (const operation of operations)
      route[operation.method]((req: Request, res: Response) =>
        answer(services, operation.id, req, res, (exchange) => dispatch(operation, services, exchange)),
      );
    route.all((req: Request, res: Response) =>
      answer(services, 'none', req, res, () => Promise.reject(methodNotAllowed(req, operations))),
    );
  }
  app.use((req: Request, res: Response) =>
    answer(services, 'none', req, res, () =>
      Promise.reject(new Problem('not-found', `There is nothing at ${req.path}.`)),
    ),
  );
  // Only what express itself refuses gets here, such as an address that can't be decoded.
  app.use((_error: unknown, req: Request, res: Response, _next: NextFunction) =>
    answer(services, 'none', req, res, () => Promise.reject(new Problem('not-found', 'The address can not be read.'))),
  );
  return app;
}

function byPath(operations: readonly Operation[]): Map<string, Operation[]> {
  const paths = new Map<string, Operation[]>();
  for (const operation of operations) paths.set(operation.path, [...(paths.get(operation.path) ?? []), operation]);
  return paths;
}

function methodNotAllowed(req: Request, operations: readonly Operation[]): Problem {
  const names: Record<Method, string> = {
    get: 'GET, HEAD',
    post: 'POST',
    put: 'PUT',
    patch: 'PATCH',
    delete: 'DELETE',
  };
  const allow = operations.map((operation) => names[operation.method]).join(', ');
  return new Problem('method-not-allowed', `${req.path} takes ${allow}, not ${req.method}.`, {
    headers: { Allow: allow },
  });
}

/** Whoever calls below a dialect's base is answered as its clients know it, also where there is nothing. */
const surfaceOf = (path: string): Surface | undefined =>
  SURFACES.find(({ base }) => path === base || path.startsWith(`${base}/`));

/** What whoever watches over this process asks, however much it has to do. */
const ALWAYS: ReadonlySet<string> = new Set(['isAlive', 'isReady', 'getMetrics']);

/** Works on one request from its arrival to its line in the log; nothing gets out of here as an exception. */
async function answer(
  services: Services,
  operation: string,
  req: Request,
  res: Response,
  work: (exchange: Exchange) => Promise<StoredAnswer>,
): Promise<void> {
  const started = performance.now();
  const requestId = requestIdOf(req);
  const log = services.log.child({ request_id: requestId, operation });
  services.metrics.inFlight.inc();
  res.set('X-Request-Id', requestId);
  const exchange: Exchange = { req, res, requestId, log };
  let out: StoredAnswer;
  let leave: (() => void) | undefined;
  try {
    if (!ALWAYS.has(operation)) leave = services.limits.load.enter();
    checkRequest(req);
    out = await work(exchange);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status >= 500) log.error({ ...exchange.caller, err: error, slug: problem.slug }, 'request failed');
    out = problemAnswer(problem, { instance: req.path, requestId, surface: surfaceOf(req.path) });
  } finally {
    leave?.();
  }
  const body = Buffer.from(out.body);
  res.status(out.status).set(out.headers);
  if (body.length > 0) res.set('Content-Length', String(body.length));
  res.end(body);
  const seconds = (performance.now() - started) / 1000;
  services.metrics.inFlight.dec();
  services.metrics.duration.observe({ operation, status: String(out.status) }, seconds);
  const { method, path } = req;
  log.info({ ...exchange.caller, method, path, status: out.status, ms: Math.round(seconds * 1000) }, 'answered');
}
