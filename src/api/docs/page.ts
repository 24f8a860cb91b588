import type { Config } from '../../config';
import { SCOPES } from '../auth/scopes';
import { GUIDES } from './guides';

/** Everything the page needs is served beside it: nothing is fetched from elsewhere, and no script is inline. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const links = GUIDES.map(({ name, title }) => `<a href="docs/guides/${name}">${title}</a>`).join('\n');

/** The reference page. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tenor API</title>
<link rel="icon" href="docs/icon.svg">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/reference.css">
</head>
<body>
<header>
<strong>Tenor</strong>
<nav>
${links}
<a href="openapi.json">OpenAPI 3.1</a>
</nav>
</header>
<main id="reference"></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/reference.js"></script>
</body>
</html>
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="3" fill="#12343b"/><path d="M3 4h10v2.4H9.3V13H6.7V6.4H3z" fill="#e1b382"/></svg>
`;

/** On top of Swagger UI's own style. */
export const STYLE = `:root { --ink: #12343b; --sand: #e1b382; }
body { margin: 0; background: #fbfaf8; }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline; padding: .8rem 2rem; background: var(--ink); color: #fff;
  font: 15px/1.4 system-ui, sans-serif; }
header strong { font-size: 20px; letter-spacing: .04em; }
header nav { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
header a { color: var(--sand); text-decoration: none; }
header a:hover, header a:focus-visible { text-decoration: underline; }
.swagger-ui .info { margin: 24px 0 12px; }
.swagger-ui .info .title { color: var(--ink); }
.swagger-ui .scheme-container { padding: 12px 0; box-shadow: none; background: none; border-bottom: 1px solid #ddd; }
.swagger-ui .opblock-tag { color: var(--ink); }
.swagger-ui .btn.authorize { color: var(--ink); border-color: var(--ink); }
.swagger-ui .btn.authorize svg { fill: var(--ink); }
.swagger-ui .opblock-body textarea { min-height: 120px; }
.swagger-ui .btn.execute { background: var(--ink); border-color: var(--ink); }
`;

const SANDBOX_CLIENT = { clientId: 'demo', clientSecret: 'demo-secret', scopes: SCOPES.join(' ') };

/** The page's script. In the sandbox its client is filled in, and what is authorised outlives a reload. */
export function script(mode: Config['mode']): string {
  const isSandbox = mode === 'sandbox';
  return `'use strict';
// An Idempotency-Key may be left empty on this page: each request then gets a new one. Headers that every operation takes
// would be in the way.
const EVERYWHERE = ['X-Request-Id', 'Tenor-Version'];
const ownParameters = () => ({
  statePlugins: { spec: { wrapActions: { updateJsonSpec: (original) => (spec) => {
    for (const operations of Object.values(spec.paths))
      for (const operation of Object.values(operations)) {
        operation.parameters = (operation.parameters ?? []).filter(({ name }) => !EVERYWHERE.includes(name));
        for (const parameter of operation.parameters)
          if (parameter.name === 'Idempotency-Key') {
            parameter.required = false;
            parameter.description = 'Left empty: a new one for each request. ' + parameter.description;
          }
      }
    return original(spec);
  } } } },
});
const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};
const ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [ownParameters],
  layout: 'BaseLayout',
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  persistAuthorization: ${isSandbox},
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (request.method === 'POST' && !request.url.endsWith('/oauth/token')) request.headers['Idempotency-Key'] ||= newKey();
    return request;
  },
  onComplete: () => { document.body.dataset.ready = 'true'; },
});
${isSandbox ? `ui.initOAuth(${JSON.stringify(SANDBOX_CLIENT)});\n` : ''}`;
}
