/**
 * The Content-Security-Policy: nothing from elsewhere, no inline code, no string-to-code sinks.
 * `app` is the page's only Trusted Types policy; it makes the worker's script URL.
 */
const DIRECTIVES = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types app",
];

/** The policy as a `<meta>` tag: browsers ignore `frame-ancestors` there. */
export const META_CSP = DIRECTIVES.join("; ");

/** The policy as a header. */
export const HEADER_CSP = [...DIRECTIVES, "frame-ancestors 'self'"].join("; ");
