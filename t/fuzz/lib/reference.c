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


#include <arpa/inet.h>
#include <ctype.h>
#include <strings.h>

#include "reference.h"

#define ENTRY(list, i) APR_ARRAY_IDX(list, i, ref_entry_t)

/*
 * Texts.
 */

int ref_is_token(const char *text)
{
    const char *c;

    for (c = text; *c; c++) {
        if ((*c & 0x80) || (!isalnum(*c) && !strchr("!#$%&'*+-.^_`|~", *c))) {
            return 0;
        }
    }
    return c > text;
}

static int consists_of(const char *text, const char *bytes)
{
    return *text && !text[strspn(text, bytes)];
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static int is_scheme(const char *text)
{
    return islower((unsigned char)*text)
           && consists_of(text, LOWER DIGITS "+-.");
}

static int is_port(const char *text)
{
    return consists_of(text, DIGITS) && *text != '0' && strlen(text) <= 5
           && atoi(text) <= 65535;
}

static int is_host(char *text)
{
    const size_t len = strlen(text);
    unsigned char address[16];

    if (*text == '[') {
        if (len < 2 || text[len - 1] != ']') {
            return 0;
        }
        text[len - 1] = '\0';
        return consists_of(text + 1, "0123456789abcdef:")
               && inet_pton(AF_INET6, text + 1, address) == 1;
    }
    return consists_of(text, LOWER DIGITS "-_.") && *text != '.'
           && !strstr(text, "..");
}

/* An origin or a pattern, taken apart in a copy. */
typedef struct {
    char copy[4096];
    char *scheme, *host, *port;     /* "" for no port */
} parts_t;

static int take_apart(parts_t *parts, const char *text)
{
    char *end;

    if (strlen(text) >= sizeof(parts->copy)) {
        return 0;
    }
    strcpy(parts->copy, text);
    parts->scheme = parts->copy;
    parts->host = strstr(parts->copy, "://");
    if (!parts->host) {
        return 0;
    }
    *parts->host = '\0';
    parts->host += strlen("://");
    parts->port = "";
    end = *parts->host == '[' && strchr(parts->host, ']')
          ? strchr(parts->host, ']') : parts->host;
    end = strchr(end, ':');
    if (end) {
        *end = '\0';
        parts->port = end + 1;
        return *parts->port != '\0';
    }
    return 1;
}

int ref_is_origin(const char *text)
{
    parts_t parts;

    if (!strcmp(text, "null")) {
        return 1;
    }
    return strlen(text) <= 512 && take_apart(&parts, text)
           && is_scheme(parts.scheme) && is_host(parts.host)
           && (!*parts.port || is_port(parts.port));
}

/* Without the white space around it. */
static char *trimmed(char *text)
{
    char *end = text + strlen(text);

    while (end > text && (end[-1] == ' ' || end[-1] == '\t')) {
        *--end = '\0';
    }
    return text + strspn(text, " \t");
}

/* All elements, the empty ones among them; what follows the last comma is none
 * if nothing does. */
static apr_array_header_t *split(const char *field, apr_pool_t *pool)
{
    apr_array_header_t *elements = apr_array_make(pool, 4, sizeof(char *));
    char *rest = apr_pstrdup(pool, field);

    while (*rest) {
        char *element = rest;

        rest += strcspn(rest, ",");
        if (*rest) {
            *rest++ = '\0';
        }
        APR_ARRAY_PUSH(elements, char *) = trimmed(element);
    }
    return elements;
}

apr_array_header_t *ref_elements(const char *field, apr_pool_t *pool)
{
    const apr_array_header_t *all = split(field, pool);
    apr_array_header_t *elements = apr_array_make(pool, 4, sizeof(char *));
    int i;

    for (i = 0; i < all->nelts; i++) {
        if (*APR_ARRAY_IDX(all, i, char *)) {
            APR_ARRAY_PUSH(elements, char *) = APR_ARRAY_IDX(all, i, char *);
        }
    }
    return elements;
}

/*
 * What an entry covers.
 */

int ref_covers_origin(const char *entry, const char *text)
{
    parts_t want, got;
    size_t len, host_len;

    if (!strcmp(entry, "*") || !strcmp(entry, text)) {
        return 1;
    }
    if (*entry == '~') {
        return strcmp(text, "null") && strstr(text, entry + 1);
    }
    if (!take_apart(&want, entry) || !take_apart(&got, text)
        || strcmp(want.scheme, got.scheme)
        || (strcmp(want.port, "*") && strcmp(want.port, got.port))) {
        return 0;
    }
    if (strncmp(want.host, "*.", 2)) {
        return !strcmp(want.host, got.host);
    }
    len = strlen(want.host + 1);
    host_len = strlen(got.host);
    return host_len > len && !strcmp(got.host + host_len - len, want.host + 1);
}

int ref_covers_method(const char *entry, const char *text)
{
    return !strcmp(entry, "*") || !strcmp(entry, text);
}

int ref_covers_header(const char *entry, const char *text)
{
    const size_t len = strlen(entry);

    return entry[len - 1] == '*' ? !strncasecmp(entry, text, len - 1)
                                 : !strcasecmp(entry, text);
}

/*
 * Lists.
 */

void ref_add(apr_array_header_t *list, const char *text, int exclude)
{
    const ref_entry_t entry = { text, exclude };

    APR_ARRAY_PUSH(list, ref_entry_t) = entry;
}

/* Whether a list has an entry of the same text and the opposite sign. */
static int takes_away(const apr_array_header_t *list,
                      const ref_entry_t *entry, int ignores_case)
{
    int i;

    for (i = 0; i < list->nelts; i++) {
        const ref_entry_t *other = &ENTRY(list, i);

        if (other->exclude != entry->exclude
            && !(ignores_case ? strcasecmp(other->text, entry->text)
                              : strcmp(other->text, entry->text))) {
            return 1;
        }
    }
    return 0;
}

apr_array_header_t *ref_edit(const apr_array_header_t *base,
                             const apr_array_header_t *edits,
                             int ignores_case)
{
    apr_array_header_t *list = apr_array_make(base->pool, 4,
                                              sizeof(ref_entry_t));
    int i;

    for (i = 0; i < base->nelts; i++) {
        if (!takes_away(edits, &ENTRY(base, i), ignores_case)) {
            APR_ARRAY_PUSH(list, ref_entry_t) = ENTRY(base, i);
        }
    }
    apr_array_cat(list, edits);
    return list;
}

static int side_covers(const apr_array_header_t *list, int exclude,
                       const char *text, ref_covers_fn *covers)
{
    int i;

    for (i = 0; i < list->nelts; i++) {
        if (ENTRY(list, i).exclude == exclude
            && covers(ENTRY(list, i).text, text)) {
            return 1;
        }
    }
    return 0;
}

int ref_has(const apr_array_header_t *list, const char *text,
            ref_covers_fn *covers)
{
    if (!strcmp(text, "*") && ref_has_sign(list, 1)) {
        return 0;           /* which would be taken for all */
    }
    return side_covers(list, 0, text, covers)
           && !side_covers(list, 1, text, covers);
}

int ref_lists(const apr_array_header_t *list, const char *text,
              ref_covers_fn *covers)
{
    int i;

    for (i = 0; i < list->nelts; i++) {
        const ref_entry_t *entry = &ENTRY(list, i);

        if (!entry->exclude && !strchr(entry->text, '*')
            && covers(entry->text, text)) {
            return ref_has(list, text, covers);
        }
    }
    return 0;
}

int ref_says(const apr_array_header_t *list, const char *text)
{
    int includes = 0;
    int i;

    for (i = 0; i < list->nelts; i++) {
        if (!strcmp(ENTRY(list, i).text, text)) {
            if (ENTRY(list, i).exclude) {
                return 0;
            }
            includes = 1;
        }
    }
    return includes;
}

int ref_has_sign(const apr_array_header_t *list, int exclude)
{
    int i;

    for (i = 0; i < list->nelts; i++) {
        if (ENTRY(list, i).exclude == exclude) {
            return 1;
        }
    }
    return 0;
}

cors_scan_t ref_scan(const apr_array_header_t *allowed, const char *field,
                     apr_pool_t *pool)
{
    const apr_array_header_t *names = split(field, pool);
    int i;

    for (i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, char *);

        if (i >= 256 || (*name && !ref_is_token(name))) {
            return CORS_SCAN_MALFORMED;
        }
        if (*name
            && (!allowed
                || !(strcasecmp(name, "authorization")
                     ? ref_has(allowed, name, ref_covers_header)
                     : ref_lists(allowed, name, ref_covers_header)))) {
            return CORS_SCAN_UNCOVERED;
        }
    }
    return CORS_SCAN_COVERED;
}

/*
 * Matchers.
 */

static int has_word(const cors_matcher_t *matcher,
                    const cors_origin_t *origin)
{
    must(!cors_origin_is_null(origin), "a matcher is asked about null");
    return strstr(origin->text, matcher->text + 1) != NULL;
}

const cors_matcher_t *ref_matcher(const char *text, apr_pool_t *pool)
{
    cors_matcher_t *matcher = apr_pcalloc(pool, sizeof(*matcher));

    matcher->text = text;
    matcher->matches = has_word;
    return matcher;
}
