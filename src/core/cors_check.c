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

#include <apr_lib.h>
#include <apr_strings.h>
#define APR_WANT_STRFUNC
#include <apr_want.h>

#include "cors_check.h"
#include "cors_token.h"

const char *const cors_safelisted_methods[] = { "GET", "HEAD", "POST", NULL };

const char *const cors_safelisted_response_headers[] = {
    "Cache-Control", "Content-Language", "Content-Length", "Content-Type",
    "Expires", "Last-Modified", "Pragma", NULL
};

static int is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (!strcasecmp(name, *names)) {
            return 1;
        }
    }
    return 0;
}

static int begins_with(const char *name, const char *prefix)
{
    return !strncasecmp(name, prefix, strlen(prefix));
}

const char *cors_fault(const char *entry, const char *what, const char *mend,
                       apr_pool_t *pool)
{
    return apr_psprintf(pool, "\"%s\" %s: %s", entry, what, mend);
}

static const char *check_token(const char *entry, const char *what,
                               apr_pool_t *pool)
{
    if (cors_is_token(entry)) {
        return NULL;
    }
    return cors_fault(entry, apr_pstrcat(pool, "is no ", what, " name", NULL),
                 strpbrk(entry, ",;")
                 ? "separate names with spaces, without commas"
                 : "a name has letters, digits, \"-\" and \"_\"", pool);
}

int cors_is_forbidden_method(const char *method)
{
    static const char *const forbidden[] = {
        "CONNECT", "TRACE", "TRACK", NULL
    };

    return is_one_of(method, forbidden);
}

const char *cors_check_method(const char *entry, int exclude,
                              apr_pool_t *pool)
{
    const char *err = check_token(entry, "method", pool);

    if (err || !strcmp(entry, "*")) {
        return err;
    }
    if (strchr(entry, '*')) {
        return cors_fault(entry, "is a pattern", "write each method, or \"*\" "
                          "for all", pool);
    }
    if (!exclude && cors_is_forbidden_method(entry)) {
        return cors_fault(entry, "is a method that no browser lets a page "
                          "send", "leave it out", pool);
    }
    return NULL;
}

/* What holds for every header name. */
static const char *check_header(const char *entry, int exclude,
                                apr_pool_t *pool)
{
    const char *star;
    const char *err = check_token(entry, "header", pool);

    if (err) {
        return err;
    }
    star = strchr(entry, '*');
    if (star && star[1]) {
        return cors_fault(entry, "has a wildcard where none can stand",
                     "\"*\" ends a name and stands for all that begin so, as "
                     "in \"X-RateLimit-*\"", pool);
    }
    if (!exclude && begins_with(entry, "Access-Control-")
        && !begins_with(entry, "Access-Control-Request-")) {
        return cors_fault(entry, "is a header of the protocol itself",
                     "leave it out, browsers read it without being told",
                     pool);
    }
    return NULL;
}

const char *cors_check_request_header(const char *entry, int exclude,
                                      apr_pool_t *pool)
{
    static const char *const forbidden[] = {
        "Accept-Charset", "Accept-Encoding",
        "Access-Control-Request-Headers", "Access-Control-Request-Method",
        "Access-Control-Request-Private-Network", "Connection",
        "Content-Length", "Cookie", "Cookie2", "Date", "DNT", "Expect",
        "Host", "Keep-Alive", "Origin", "Referer", "Set-Cookie", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade", "Via", NULL
    };
    const char *err = check_header(entry, exclude, pool);

    if (err || exclude) {
        return err;
    }
    if (is_one_of(entry, forbidden) || begins_with(entry, "Proxy-")
        || begins_with(entry, "Sec-")
        || begins_with(entry, "Access-Control-Request-")) {
        return cors_fault(entry, "is a header that no browser lets a page set",
                     !strcasecmp(entry, "Cookie")
                     ? "leave it out; cookies are sent where "
                       "CorsAllowCredentials says so"
                     : "leave it out, browsers never ask for it", pool);
    }
    return NULL;
}

const char *cors_check_response_header(const char *entry, int exclude,
                                       apr_pool_t *pool)
{
    static const char *const request_only[] = {
        "Accept-Charset", "Access-Control-Request-Headers",
        "Access-Control-Request-Method",
        "Access-Control-Request-Private-Network", "Cookie", "Expect", "Host",
        "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
        "If-Unmodified-Since", "Max-Forwards", "Origin",
        "Proxy-Authorization", "Range", "Referer", "TE", "User-Agent", NULL
    };
    const char *err = check_header(entry, exclude, pool);

    if (err || exclude) {
        return err;
    }
    if (!strcasecmp(entry, "Set-Cookie") || !strcasecmp(entry, "Set-Cookie2")) {
        return cors_fault(entry, "is a header that no browser shows to a page",
                     "leave it out", pool);
    }
    if (is_one_of(entry, request_only)
        || begins_with(entry, "Access-Control-Request-")) {
        return cors_fault(entry, "is a request header", "list it in "
                     "CorsAllowHeaders if pages send it; no response has it",
                     pool);
    }
    return NULL;
}

int cors_is_safelisted_method(const char *method)
{
    const char *const *safelisted = cors_safelisted_methods;

    while (*safelisted && strcmp(method, *safelisted) != 0) {
        safelisted++;
    }
    return *safelisted != NULL;
}

const char *cors_warn_method(const char *entry, int exclude, apr_pool_t *pool)
{
    const char *c = entry;

    while (*c && !apr_islower(*c)) {
        c++;
    }
    if (*c) {
        return apr_psprintf(pool, "CORS-W04: \"%s\" has small letters, and "
                            "methods have a case: a page that says \"PATCH\" "
                            "does not get through with \"patch\"", entry);
    }
    return exclude && cors_is_safelisted_method(entry)
           ? apr_psprintf(pool, "CORS-W05: \"-%s\" has no effect: browsers "
                          "send GET, HEAD and POST without asking", entry)
           : NULL;
}

const char *cors_warn_response_header(const char *entry, int exclude,
                                      apr_pool_t *pool)
{
    return !exclude && is_one_of(entry, cors_safelisted_response_headers)
           ? apr_psprintf(pool, "CORS-W08: \"%s\" need not be listed, browsers "
                          "always show it", entry)
           : NULL;
}

const char *cors_warn_port(const char *entry, const char *pattern,
                           apr_pool_t *pool)
{
    const char *port = strrchr(entry, ':');
    const char *kept = strrchr(pattern, ':');

    return port && port[1] && !port[1 + strspn(port + 1, "0123456789")]
           && (!kept || strcmp(port, kept) != 0)
           ? apr_psprintf(pool, "CORS-W08: \"%s\" need not say its port, "
                          "browsers leave it out: \"%s\"", entry, pattern)
           : NULL;
}

const char *cors_warn_duplicate(const char *entry, int exclude,
                                apr_pool_t *pool)
{
    return apr_psprintf(pool, "CORS-W08: \"%s%s\" stands in the list already",
                        exclude ? "-" : "", entry);
}
