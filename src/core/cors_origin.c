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

#define APR_WANT_STRFUNC
#include <apr_want.h>

#include "cors_origin.h"

#define LEN(literal) (sizeof(literal) - 1)

static int is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int cors_is_scheme_char(char c)
{
    return is_lower(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}

int cors_is_host_char(char c)
{
    return is_lower(c) || is_digit(c) || c == '-' || c == '_';
}

static int is_ipv6_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

/* The offset behind a scheme and "://" that begin text, or 0. */
static apr_size_t skip_scheme(const char *text)
{
    apr_size_t i = 0;

    if (!is_lower(text[0])) {
        return 0;
    }
    while (i < CORS_ORIGIN_MAX && cors_is_scheme_char(text[i])) {
        i++;
    }
    return strncmp(text + i, "://", 3) == 0 ? i + 3 : 0;
}

/* The offset behind the host at text[i], or i if there is none.  A dot may
 * end it (the root of the DNS) but neither begin it nor follow another. */
static apr_size_t skip_host(const char *text, apr_size_t i)
{
    const apr_size_t start = i;

    if (text[i] == '[') {
        do {
            i++;
        } while (i < CORS_ORIGIN_MAX && is_ipv6_char(text[i]));
        return text[i] == ']' && i - start > 2 ? i + 1 : start;
    }
    while (i <= CORS_ORIGIN_MAX) {
        if (text[i] == '.') {
            if (i == start || text[i - 1] == '.') {
                return start;
            }
        }
        else if (!cors_is_host_char(text[i])) {
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

    while (i - start < 5 && is_digit(text[i])) {
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
        origin->len = LEN("null");
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
    const apr_size_t host_len = strlen(host);
    unsigned int origin_port;

    if (cors_origin_is_null(origin)
        || origin->host != scheme_len + LEN("://")
        || memcmp(origin->text, scheme, scheme_len) != 0
        || origin->host_end - origin->host != host_len
        || strncasecmp(origin->text + origin->host, host, host_len) != 0) {
        return 0;
    }
    origin_port = origin->host_end < origin->len
                  ? (unsigned int)strtoul(origin->text + origin->host_end + 1,
                                          NULL, 10)
                  : cors_default_port(scheme);
    return origin_port == port;
}
