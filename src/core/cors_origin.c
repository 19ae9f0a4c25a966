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

#define APR_WANT_STRFUNC
#include <apr_want.h>

#include "cors_origin.h"
#include "cors_token.h"

/* What a byte can be part of. */
enum {
    LETTER = 1,         /* in lower case */
    DIGIT = 2,
    SCHEME = 4,
    HOST = 8,
    IPV6 = 16
};

/* The kinds of bytes that there are, as they stand in the table. */
#define D (DIGIT | SCHEME | HOST | IPV6)    /* 0 to 9 */
#define X (LETTER | SCHEME | HOST | IPV6)   /* a to f */
#define L (LETTER | SCHEME | HOST)          /* g to z */
#define B (SCHEME | HOST)                   /* - */
#define H HOST                              /* _ */
#define S SCHEME                            /* + . */
#define C IPV6                              /* : */

/* The bytes above 127 are part of nothing and stay 0. */
static const unsigned char kind[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, S, 0, B, S, 0,
    D, D, D, D, D, D, D, D, D, D, C, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, H,
    0, X, X, X, X, X, X, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, 0
};

#define IS(c, what) (kind[(unsigned char)(c)] & (what))

int cors_is_scheme_char(char c)
{
    return IS(c, SCHEME);
}

int cors_is_host_char(char c)
{
    return IS(c, HOST);
}

/* The offset behind a scheme and "://" that begin text, or 0. */
static apr_size_t skip_scheme(const char *text)
{
    apr_size_t i = 0;

    if (!IS(text[0], LETTER)) {
        return 0;
    }
    while (i < CORS_ORIGIN_MAX && IS(text[i], SCHEME)) {
        i++;
    }
    return strncmp(text + i, "://", 3) == 0 ? i + 3 : 0;
}

/* The offset behind the IPv6 address in brackets at text[i], or i. */
static apr_size_t skip_ipv6(const char *text, apr_size_t i)
{
    unsigned char address[16];
    char copy[INET6_ADDRSTRLEN];
    apr_size_t len = 0;

    while (len < sizeof(copy) - 1 && IS(text[i + 1 + len], IPV6)) {
        copy[len] = text[i + 1 + len];
        len++;
    }
    copy[len] = '\0';
    return text[i + 1 + len] == ']' && inet_pton(AF_INET6, copy, address) == 1
           ? i + len + 2 : i;
}

/* The offset behind the host at text[i], or i if there is none.  A dot may
 * end it (the root of the DNS) but neither begin it nor follow another. */
static apr_size_t skip_host(const char *text, apr_size_t i)
{
    const apr_size_t start = i;

    if (text[i] == '[') {
        return skip_ipv6(text, i);
    }
    while (i <= CORS_ORIGIN_MAX) {
        if (text[i] == '.') {
            if (i == start || text[i - 1] == '.') {
                return start;
            }
        }
        else if (!IS(text[i], HOST)) {
            break;
        }
        i++;
    }
    return i;
}

/* The offset behind the port at text[i], or i if it is none. */
static apr_size_t skip_port(const char *text, apr_size_t i)
{
    const apr_size_t start = i;
    unsigned int port = 0;

    while (i - start < 5 && IS(text[i], DIGIT)) {
        port = port * 10 + (unsigned int)(text[i++] - '0');
    }
    return text[start] != '0' && port <= 65535 ? i : start;
}

int cors_origin_read(cors_origin_t *origin, const char *text)
{
    apr_size_t i;

    origin->text = text;
    if (strcmp(text, "null") == 0) {
        origin->host = origin->host_end = 0;
        origin->len = CORS_LEN("null");
        return 1;
    }
    origin->host = skip_scheme(text);
    if (!origin->host) {
        return 0;
    }
    i = origin->host_end = skip_host(text, origin->host);
    if (i == origin->host) {
        return 0;
    }
    if (text[i] == ':') {
        const apr_size_t port = i + 1;

        i = skip_port(text, port);
        if (i == port) {
            return 0;
        }
    }
    origin->len = i;
    return i <= CORS_ORIGIN_MAX && text[i] == '\0';
}

unsigned int cors_default_port(const char *scheme)
{
    return !strcmp(scheme, "https") ? 443 : !strcmp(scheme, "http") ? 80 : 0;
}

int cors_origin_equals(const cors_origin_t *origin, const char *scheme,
                       const char *host, unsigned int port)
{
    const apr_size_t scheme_len = strlen(scheme);
    const char *text = origin->text + origin->host;
    apr_size_t len = origin->host_end - origin->host;

    if (cors_origin_is_null(origin)
        || origin->host != scheme_len + CORS_LEN("://")
        || memcmp(origin->text, scheme, scheme_len) != 0) {
        return 0;
    }
    if (*text == '[' && *host != '[') {
        text++;
        len -= 2;
    }
    else if (len && text[len - 1] == '.' && strlen(host) == len - 1) {
        len--;              /* httpd takes the dot at the end of Host away */
    }
    if (len != strlen(host) || strncasecmp(text, host, len) != 0) {
        return 0;
    }
    return port == (origin->host_end < origin->len
                    ? (unsigned int)strtoul(origin->text + origin->host_end + 1,
                                            NULL, 10)
                    : cors_default_port(scheme));
}
