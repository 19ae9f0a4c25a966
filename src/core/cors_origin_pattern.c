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

#include <stdlib.h>

#include <arpa/inet.h>

#include <apr_lib.h>
#include <apr_strings.h>
#define APR_WANT_STRFUNC
#include <apr_want.h>

#include "cors_check.h"
#include "cors_origin.h"
#include "cors_token.h"

/* An entry is taken apart into these pieces, each is checked, and they are put
 * together again. */
typedef struct {
    const char *entry;      /* as written, for messages */
    char *scheme;
    int subdomains;
    char *host;
    int any_port;
    unsigned int port;      /* 0: none */
    apr_pool_t *pool;
} pattern_t;

static const char *fault(const pattern_t *pat, const char *what,
                         const char *mend)
{
    return cors_fault(pat->entry, what, mend, pat->pool);
}

#define FOR_EXAMPLE "write for example \"https://example.com\""

/* The mend for an entry that has no scheme, or more than an origin has: its
 * scheme, or https, with its host and port, if that makes an origin.  (It does
 * not come back here then.) */
static const char *mend(const pattern_t *pat)
{
    const char *scheme = "https";
    const char *rest = pat->entry;
    const char *end = strstr(rest, "://");
    const char *canonical = NULL;
    const char *at;
    char *text;

    if (!strcasecmp(rest, "null")) {
        return "write \"null\"";
    }
    if (!end && (!strncasecmp(rest, "http:", CORS_LEN("http:"))
                 || !strncasecmp(rest, "https:", CORS_LEN("https:")))) {
        end = strchr(rest, ':');
    }
    if (end) {
        scheme = apr_pstrmemdup(pat->pool, rest, (apr_size_t)(end - rest));
        rest = end + 1;
    }
    rest += strspn(rest, "/");
    text = apr_pstrmemdup(pat->pool, rest, strcspn(rest, "/?#\\"));
    at = strrchr(text, '@');
    text = apr_pstrcat(pat->pool, scheme, "://", at ? at + 1 : text, NULL);
    return cors_origin_pattern(&canonical, text, pat->pool)
           ? FOR_EXAMPLE
           : apr_psprintf(pat->pool, "write \"%s\"", canonical);
}

static void to_lower(char *s)
{
    for (; *s; s++) {
        *s = (char)apr_tolower(*s);
    }
}

/* Serialise an IPv6 address as URLs do: eight groups, the first of the
 * longest runs of zeros written as "::", never a dotted part. */
static char *serialise_ipv6(const unsigned char *address, apr_pool_t *pool)
{
    unsigned int group[8];
    int i, run, best = -1, best_len = 1;
    char *text = apr_palloc(pool, INET6_ADDRSTRLEN + CORS_LEN("[]"));
    char *end = text;

    for (i = 0; i < 8; i++) {
        group[i] = (unsigned int)*address++ << 8;
        group[i] |= *address++;
    }
    for (i = 0; i < 8; i += run + 1) {
        for (run = 0; i + run < 8 && group[i + run] == 0; run++);
        if (run > best_len) {
            best = i;
            best_len = run;
        }
    }
    *end++ = '[';
    for (i = 0; i < 8; i++) {
        if (i == best) {
            *end++ = ':';
            if (i == 0) {
                *end++ = ':';
            }
            i += best_len - 1;
            continue;
        }
        end += apr_snprintf(end, 5, "%x", group[i]);
        if (i < 7) {
            *end++ = ':';
        }
    }
    *end++ = ']';
    *end = '\0';
    return text;
}

static const char *check_ipv6(pattern_t *pat)
{
    unsigned char address[16];
    apr_size_t len = strlen(pat->host);
    char *text = apr_pstrmemdup(pat->pool, pat->host + 1, len - 2);

    if (pat->subdomains) {
        return fault(pat, "has a wildcard before an address",
                     "an address has no subdomains, write it without \"*.\"");
    }
    if (inet_pton(AF_INET6, text, address) != 1) {
        return fault(pat, "has no IPv6 address in its brackets",
                     "write for example \"http://[::1]:8080\"");
    }
    pat->host = serialise_ipv6(address, pat->pool);
    return NULL;
}

/* Hosts whose last label is a number, be it before the dot of the root, are
 * IPv4 addresses to a browser, which sends them as four decimal numbers (WHATWG
 * URL, "ends in a number checker"). */
static int ends_in_number(const char *host)
{
    const char *end = host + strlen(host);
    const char *label;

    if (end[-1] == '.') {
        end--;
    }
    for (label = end; label > host && label[-1] != '.'; label--);
    if (label[0] == '0' && label[1] == 'x') {
        return label + 2 + strspn(label + 2, "0123456789abcdef") == end;
    }
    return label < end && label + strspn(label, "0123456789") == end;
}

static const char *check_ipv4(const pattern_t *pat)
{
    unsigned char address[4];

    if (inet_pton(AF_INET, pat->host, address) != 1) {
        return fault(pat, "ends in a number but is no IPv4 address",
                     "write four decimal numbers, as in "
                     "\"http://192.0.2.1\"");
    }
    if (pat->subdomains) {
        return fault(pat, "has a wildcard before an address",
                     "an address has no subdomains, write it without \"*.\"");
    }
    return NULL;
}

static const char *check_host(pattern_t *pat)
{
    const char *c;

    if (!*pat->host) {
        return fault(pat, "has no host", FOR_EXAMPLE);
    }
    to_lower(pat->host);
    if (*pat->host == '[') {
        return check_ipv6(pat);
    }
    for (c = pat->host; *c; c++) {
        if (*c & 0x80) {
            return fault(pat, "has a host that is not ASCII",
                         "write its xn-- form, as browsers send it");
        }
        if (*c == '*') {
            return fault(pat, "has a wildcard where none can stand",
                         "\"*.\" begins the host and stands for one or more "
                         "labels, \":*\" stands for any port, as in "
                         "\"https://*.example.com:*\"; use "
                         "CorsAllowOriginMatch for anything else");
        }
        if (*c == '.' && (c == pat->host || c[1] == '.')) {
            return fault(pat, "has an empty label in its host",
                         "write one dot between two labels");
        }
        if (*c != '.' && !cors_is_host_char(*c)) {
            return fault(pat, apr_psprintf(pat->pool, "has a \"%c\" in its "
                                           "host", *c),
                         "a host has letters, digits, \"-\", \"_\" and "
                         "\".\"");
        }
    }
    return ends_in_number(pat->host) ? check_ipv4(pat) : NULL;
}

static const char *check_port(pattern_t *pat, const char *port)
{
    const apr_size_t len = strspn(port, "0123456789");

    if (!strcmp(port, "*")) {
        pat->any_port = 1;
        return NULL;
    }
    if (!len || port[len]) {
        return fault(pat, "has a port that is no number",
                     "write a number from 1 to 65535, or \":*\" for any "
                     "port");
    }
    pat->port = len <= 5 ? (unsigned int)strtoul(port, NULL, 10) : 65536;
    if (pat->port < 1 || pat->port > 65535) {
        return fault(pat, "has a port out of range",
                     "write a number from 1 to 65535");
    }
    if (*port == '0') {
        return fault(pat, "has a port with leading zeros",
                     apr_psprintf(pat->pool, "write \":%u\"", pat->port));
    }
    return NULL;
}

/* Whether anything but a host and a port stands behind "://". */
static const char *check_rest(const pattern_t *pat, const char *rest)
{
    rest += strcspn(rest, "/?#\\@");
    switch (*rest) {
    case '\0':
        return NULL;
    case '@':
        return fault(pat, "has user information", mend(pat));
    case '?':
        return fault(pat, "has a query", mend(pat));
    case '#':
        return fault(pat, "has a fragment", mend(pat));
    default:
        return fault(pat, rest[1] ? "has a path" : "has a trailing slash",
                     mend(pat));
    }
}

static const char *check_scheme(pattern_t *pat)
{
    const char *c = pat->scheme;

    to_lower(pat->scheme);
    if (strchr(pat->scheme, '*')) {
        return fault(pat, "has a wildcard for its scheme",
                     "write an entry for each scheme");
    }
    for (; cors_is_scheme_char(*c); c++);
    if (!apr_islower(*pat->scheme) || *c) {
        return fault(pat, "has no valid scheme", FOR_EXAMPLE);
    }
    if (!strcmp(pat->scheme, "file")) {
        return fault(pat, "is no origin", "browsers send \"null\" for file: "
                     "pages, and allowing \"null\" allows every site");
    }
    return NULL;
}

/* Take the entry apart, a copy of which stands in scheme. */
static const char *split(pattern_t *pat)
{
    char *rest = strstr(pat->scheme, "://");
    char *port;
    const char *err;

    if (strchr(pat->entry, ',')) {
        return fault(pat, "has a comma", "separate origins with spaces");
    }
    if (!rest) {
        return fault(pat, "has no scheme", mend(pat));
    }
    *rest = '\0';
    rest += CORS_LEN("://");
    err = check_rest(pat, rest);
    if (!err) {
        err = check_scheme(pat);
    }
    if (err) {
        return err;
    }
    if (!strncmp(rest, "*.", 2)) {
        pat->subdomains = 1;
        rest += 2;
    }
    pat->host = rest;
    if (*rest == '[') {
        rest += strcspn(rest, "]");
        if (*rest != ']' || (rest[1] && rest[1] != ':')) {
            return fault(pat, "has a broken IPv6 address",
                         "write for example \"http://[::1]:8080\"");
        }
    }
    port = strchr(rest, ':');
    if (port) {
        *port++ = '\0';
        return check_port(pat, port);
    }
    return NULL;
}

const char *cors_origin_pattern(const char **canonical, const char *entry,
                                apr_pool_t *pool)
{
    pattern_t pat = { NULL };
    const char *err;
    char *text;

    if (!strcmp(entry, "*") || !strcmp(entry, "null")) {
        *canonical = entry;
        return NULL;
    }
    pat.entry = entry;
    pat.pool = pool;
    pat.scheme = pat.host = apr_pstrdup(pool, entry);
    err = split(&pat);
    if (!err) {
        err = check_host(&pat);
    }
    if (err) {
        return err;
    }
    if (pat.port == cors_default_port(pat.scheme)) {
        pat.port = 0;
    }
    text = apr_pstrcat(pool, pat.scheme, "://", pat.subdomains ? "*." : "",
                       pat.host, pat.any_port ? ":*" : NULL, NULL);
    if (pat.port) {
        text = apr_psprintf(pool, "%s:%u", text, pat.port);
    }
    if (strlen(text) > CORS_ORIGIN_MAX) {
        return fault(&pat, "is too long",
                     apr_psprintf(pool, "an origin has at most %d bytes",
                                  CORS_ORIGIN_MAX));
    }
    *canonical = strcmp(text, entry) ? text : entry;
    return NULL;
}
