import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** A page's browser asks anew after this whether it may. */
const PREFLIGHT_S = 600;
/** What the Temporal UI sends; the last one comes beside its access token. */
const HEADERS = 'Content-Type, X-Namespace, Authorization, Authorization-Extras';

/** Lets the pages of some origins, and of no other, send what follows and read its answers: CORS, without cookies. */
export function allowOrigins(origins: readonly string[], methods: string): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const { origin } = req.headers;
    res.vary('Origin');
    if (origin === undefined || !origins.includes(origin)) return next();
    res.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': 'X-Request-Id',
    });
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return next();
    res.set({
      'Access-Control-Allow-Methods': methods,
      'Access-Control-Allow-Headers': HEADERS,
      'Access-Control-Max-Age': String(PREFLIGHT_S),
    });
    res.status(204).end();
  };
}
