import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

const style = `:root{color-scheme:light dark;font:15px/1.55 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.4rem}h2{margin-top:2rem;font-size:1.15rem;border-bottom:1px solid #8886}h3{font-size:1rem}
dl div{display:flex;gap:.75rem}dt{flex:none;width:9rem;font-weight:600}dd{margin:0}
pre{padding:.6rem .8rem;background:#8882;border-radius:6px;font-size:.8125rem;white-space:pre-wrap}
.asked,.plain{white-space:pre-wrap}.verdict{display:none}summary h3{display:inline}
table{border-collapse:collapse;font-size:.875rem}th,td{padding:.35rem .6rem;border:1px solid #8886;text-align:left;vertical-align:top}
.right{text-align:right}.center{text-align:center}.ref{font-size:.75em;text-decoration:none}
.badge{padding:0 .5rem;border:1px solid;border-radius:99px;font-size:.8125rem}.sources{padding:0;list-style:none;font-size:.875rem}
:target{outline:2px solid #7a93ff;outline-offset:.5rem}`

const digest = crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))

/**
 * A run as one HTML file without any other file. Its own policy allows no script, no request and no style but its own, also
 * when it is opened from a disk.
 */
export async function recordPage(title: string, content: string): Promise<HtmlEscapedString> {
  const hash = btoa(String.fromCharCode(...new Uint8Array(await digest)))
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>${raw(content)}</body>
</html>
`
}
