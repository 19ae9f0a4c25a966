#!/bin/sh
cat <<'H'
Content-Type: text/plain
Cache-Control: no-cache
Expires: Thu, 01 Jan 1970 00:00:00 GMT
Pragma: no-cache
Content-Language: en
Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT
Set-Cookie: a=b
Set-Cookie2: c=d
Access-Control-Allow-Origin: *
Access-Control-Foo: bar
Trailer: X-Trailer
ETag: "1"
X-Rate-Limit: 10
X-Rate-Limit: 11
X-RATE-Secret: s
X-Internal-Host: db1
Link: </a>

body
H
