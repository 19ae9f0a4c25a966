/* Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

/* What makes an entry of a name list wrong. */

#include <apr_strings.h>

#include "../../src/core/cors_check.h"

#include "tap.h"

typedef struct {
    const char *entry;
    const char *want;       /* what is wrong, behind the entry; or NULL */
} case_t;

#define TOKEN "a name has letters, digits, \"-\" and \"_\""
#define COMMA "separate names with spaces, without commas"
#define STAR "has a wildcard where none can stand: \"*\" ends a name and " \
             "stands for all that begin so, as in \"X-RateLimit-*\""
#define PROTOCOL "is a header of the protocol itself: leave it out, " \
                 "browsers read it without being told"
#define PATTERN "is a pattern: write each method, or \"*\" for all"
#define METHOD "is a method that no browser lets a page send: leave it out"
#define UNSENT "is a header that no browser lets a page set: leave it out, " \
               "browsers never ask for it"
#define COOKIE "is a header that no browser lets a page set: leave it out; " \
               "cookies are sent where CorsAllowCredentials says so"
#define UNSHOWN "is a header that no browser shows to a page: leave it out"
#define REQUEST "is a request header: list it in CorsAllowHeaders if pages " \
                "send it; no response has it"

static void run(cors_check_fn *check, const char *what, const case_t *cases,
                size_t count, apr_pool_t *pool)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const char *want = cases[i].want
                           ? apr_psprintf(pool, "\"%s\" %s", cases[i].entry,
                                          cases[i].want)
                           : NULL;

        is_str(check(cases[i].entry, 0, pool), want, "%s \"%s\" is %s", what,
               cases[i].entry, want ? "refused, with the mend" : "fine");
    }
}

static const case_t methods[] = {
    { "PUT", NULL },
    { "PATCH", NULL },
    { "DELETE", NULL },
    { "GET", NULL },
    { "OPTIONS", NULL },
    { "PROPFIND", NULL },
    { "VERSION-CONTROL", NULL },
    { "patch", NULL },
    { "M-SEARCH", NULL },
    { "*", NULL },
    { "CONNECTED", NULL },
    { "TRACER", NULL },
    { "", "is no method name: " TOKEN },
    { "PUT,DELETE", "is no method name: " COMMA },
    { "PUT,", "is no method name: " COMMA },
    { "PUT;", "is no method name: " COMMA },
    { "PUT DELETE", "is no method name: " TOKEN },
    { "PUT/1", "is no method name: " TOKEN },
    { "\"PUT\"", "is no method name: " TOKEN },
    { "PUT\n", "is no method name: " TOKEN },
    { "M\xc3\x9cT", "is no method name: " TOKEN },
    { "P*", PATTERN },
    { "*T", PATTERN },
    { "**", PATTERN },
    { "CONNECT", METHOD },
    { "connect", METHOD },
    { "TRACE", METHOD },
    { "Trace", METHOD },
    { "TRACK", METHOD },
    { "track", METHOD }
};

/* What holds for the names of both kinds of headers. */
static const case_t headers[] = {
    { "X-Trace-Id", NULL },
    { "x-trace-id", NULL },
    { "X_Under", NULL },
    { "Authorization", NULL },
    { "Content-Type", NULL },
    { "ETag", NULL },
    { "*", NULL },
    { "X-RateLimit-*", NULL },
    { "x*", NULL },
    { "", "is no header name: " TOKEN },
    { "X-A,X-B", "is no header name: " COMMA },
    { "X-A,", "is no header name: " COMMA },
    { "X-A;", "is no header name: " COMMA },
    { "X-A:", "is no header name: " TOKEN },
    { "X A", "is no header name: " TOKEN },
    { "X-\xc3\x9c", "is no header name: " TOKEN },
    { "X-\x01", "is no header name: " TOKEN },
    { "X-*-Id", STAR },
    { "*-Id", STAR },
    { "**", STAR },
    { "X-**", STAR },
    { "Access-Control-Allow-Origin", PROTOCOL },
    { "access-control-allow-headers", PROTOCOL },
    { "Access-Control-Max-Age", PROTOCOL },
    { "ACCESS-CONTROL-EXPOSE-HEADERS", PROTOCOL },
    { "Access-Control-Allow-*", PROTOCOL },
    { "Access-Control-*", PROTOCOL },
    { "Access-Controlled", NULL }
};

/* Fetch, "forbidden request-header". */
static const case_t request_headers[] = {
    { "Accept-Charset", UNSENT },
    { "Accept-Encoding", UNSENT },
    { "Access-Control-Request-Headers", UNSENT },
    { "Access-Control-Request-Method", UNSENT },
    { "Access-Control-Request-Private-Network", UNSENT },
    { "Access-Control-Request-*", UNSENT },
    { "Connection", UNSENT },
    { "Content-Length", UNSENT },
    { "Cookie", COOKIE },
    { "cookie", COOKIE },
    { "Cookie2", UNSENT },
    { "Date", UNSENT },
    { "DNT", UNSENT },
    { "Expect", UNSENT },
    { "Host", UNSENT },
    { "host", UNSENT },
    { "Keep-Alive", UNSENT },
    { "Origin", UNSENT },
    { "Referer", UNSENT },
    { "Set-Cookie", UNSENT },
    { "TE", UNSENT },
    { "Trailer", UNSENT },
    { "Transfer-Encoding", UNSENT },
    { "Upgrade", UNSENT },
    { "Via", UNSENT },
    { "Proxy-Authorization", UNSENT },
    { "proxy-anything", UNSENT },
    { "Proxy-*", UNSENT },
    { "Sec-Fetch-Site", UNSENT },
    { "sec-x", UNSENT },
    { "Sec-*", UNSENT },
    { "Second", NULL },
    { "Proxy", NULL },
    { "Hostname", NULL },
    { "X-Host", NULL },
    { "Accept", NULL },
    { "Range", NULL },
    { "If-Match", NULL },
    { "User-Agent", NULL },
    { "Upgrade-Insecure-Requests", NULL }
};

/* Fetch, "forbidden response-header name", and what only requests have. */
static const case_t response_headers[] = {
    { "Set-Cookie", UNSHOWN },
    { "set-cookie", UNSHOWN },
    { "Set-Cookie2", UNSHOWN },
    { "Set-Cookie3", NULL },
    { "Accept-Charset", REQUEST },
    { "Access-Control-Request-Headers", REQUEST },
    { "Access-Control-Request-Method", REQUEST },
    { "Access-Control-Request-Private-Network", REQUEST },
    { "Access-Control-Request-*", REQUEST },
    { "Cookie", REQUEST },
    { "cookie", REQUEST },
    { "Expect", REQUEST },
    { "Host", REQUEST },
    { "If-Match", REQUEST },
    { "If-Modified-Since", REQUEST },
    { "If-None-Match", REQUEST },
    { "If-Range", REQUEST },
    { "If-Unmodified-Since", REQUEST },
    { "Max-Forwards", REQUEST },
    { "Origin", REQUEST },
    { "Proxy-Authorization", REQUEST },
    { "Range", REQUEST },
    { "Referer", REQUEST },
    { "TE", REQUEST },
    { "User-Agent", REQUEST },
    { "Content-Range", NULL },
    { "Accept-Ranges", NULL },
    { "Location", NULL },
    { "Retry-After", NULL },
    { "Date", NULL },
    { "Server-Timing", NULL },
    { "X-Cookie", NULL }
};

/* An exclusion may name what no list can include, but has to be a name. */
static void test_exclusions(apr_pool_t *pool)
{
    ok(!cors_check_method("TRACE", 1, pool), "TRACE can be excluded");
    ok(!cors_check_request_header("Cookie", 1, pool),
       "a forbidden request header can be excluded");
    ok(!cors_check_response_header("Set-Cookie", 1, pool),
       "Set-Cookie can be excluded");
    ok(!cors_check_response_header("Access-Control-Max-Age", 1, pool),
       "a header of the protocol can be excluded");
    ok(cors_check_method("P*", 1, pool) != NULL,
       "a pattern of methods cannot be excluded either");
    ok(cors_check_response_header("a:b", 1, pool) != NULL,
       "what is no name cannot be excluded");
    ok(cors_check_response_header("X-*-Y", 1, pool) != NULL,
       "a wildcard in the midst cannot be excluded");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    run(cors_check_method, "method", methods, COUNT(methods), pool);
    run(cors_check_request_header, "request header", headers, COUNT(headers),
        pool);
    run(cors_check_request_header, "request header", request_headers,
        COUNT(request_headers), pool);
    run(cors_check_response_header, "response header", headers,
        COUNT(headers), pool);
    run(cors_check_response_header, "response header", response_headers,
        COUNT(response_headers), pool);
    test_exclusions(pool);
    return tap_end(pool);
}
