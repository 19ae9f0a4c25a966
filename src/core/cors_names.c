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
#include <string.h>

#include <apr_strings.h>

#include "cors_names.h"
#include "cors_token.h"

/* A run of bytes: an entry of a list, or a name in a field. */
typedef struct {
    const char *text;
    apr_size_t len;
} span_t;

/* One side of a list: what it includes, or what it excludes. */
typedef struct {
    apr_array_header_t *plain;      /* span_t, in the order of their lengths;
                                     * headers in lower case */
    apr_array_header_t *prefixes;   /* span_t, without the "*" */
    int all;                        /* has "*" */
} side_t;

struct cors_names_t {
    apr_pool_t *pool;
    cors_names_kind_t kind;
    apr_array_header_t *entries;    /* const char *: inclusions, as written */
    apr_array_header_t *exclusions; /* const char * */
    int is_sealed;
    side_t includes;                /* from here on: computed by seal */
    side_t excludes;
    const char *joined;
};

#define ENTRY(array, i) APR_ARRAY_IDX(array, i, const char *)
#define SPAN(array, i) APR_ARRAY_IDX(array, i, span_t)

/*
 * Comparing.  Plain names are kept sorted and found by bisection; the length
 * comes first, since it alone tells most names apart.  Browsers send header
 * names in lower case (Fetch, "CORS-unsafe request-header names"), so that they
 * are mostly found as they are.
 */

static int compare_spans(const span_t *a, const span_t *b,
                         cors_names_kind_t kind)
{
    apr_size_t i;
    int difference;

    if (a->len != b->len) {
        return a->len < b->len ? -1 : 1;
    }
    difference = memcmp(a->text, b->text, a->len);
    if (kind == CORS_METHODS || !difference) {
        return difference;
    }
    for (i = 0; i < a->len; i++) {
        const unsigned char x = (unsigned char)a->text[i];
        const unsigned char y = (unsigned char)b->text[i];

        if (x != y && cors_token_lower[x] != cors_token_lower[y]) {
            return cors_token_lower[x] - cors_token_lower[y];
        }
    }
    return 0;
}

static int compare_methods(const void *a, const void *b)
{
    return compare_spans(a, b, CORS_METHODS);
}

static int compare_headers(const void *a, const void *b)
{
    return compare_spans(a, b, CORS_HEADERS);
}

typedef int compare_fn(const void *a, const void *b);

static compare_fn *comparison(cors_names_kind_t kind)
{
    return kind == CORS_METHODS ? compare_methods : compare_headers;
}

static int side_lists(const side_t *side, const span_t *name,
                      cors_names_kind_t kind)
{
    return side->plain->nelts
           && bsearch(name, side->plain->elts, (size_t)side->plain->nelts,
                      sizeof(span_t), comparison(kind)) != NULL;
}

static int side_covers(const side_t *side, const span_t *name,
                       cors_names_kind_t kind)
{
    int i;

    if (side->all || side_lists(side, name, kind)) {
        return 1;
    }
    for (i = 0; i < side->prefixes->nelts; i++) {
        const span_t *prefix = &SPAN(side->prefixes, i);

        if (name->len >= prefix->len
            && cors_token_equal(name->text, prefix->text, prefix->len)) {
            return 1;
        }
    }
    return 0;
}

static int is_empty(const side_t *side)
{
    return !side->all && !side->plain->nelts && !side->prefixes->nelts;
}

/* A method or a header can be called `*`; sent back, that would stand for all,
 * what is excluded among them. */
static int is_star(const span_t *name)
{
    return name->len == 1 && *name->text == '*';
}

static int covers(const cors_names_t *names, const span_t *name)
{
    return side_covers(&names->includes, name, names->kind)
           && (is_empty(&names->excludes)
               || (!is_star(name)
                   && !side_covers(&names->excludes, name, names->kind)));
}

/*
 * Building.
 */

cors_names_t *cors_names_make(apr_pool_t *pool, cors_names_kind_t kind)
{
    cors_names_t *names = apr_pcalloc(pool, sizeof(*names));

    names->pool = pool;
    names->kind = kind;
    names->entries = apr_array_make(pool, 4, sizeof(const char *));
    names->exclusions = apr_array_make(pool, 0, sizeof(const char *));
    cors_names_seal(names);
    return names;
}

static int same_entry(const char *a, const char *b, cors_names_kind_t kind)
{
    const apr_size_t len = strlen(a);

    return len == strlen(b)
           && (kind == CORS_METHODS ? !memcmp(a, b, len)
                                    : cors_token_equal(a, b, len));
}

static int has_entry(const apr_array_header_t *entries, const char *entry,
                     cors_names_kind_t kind)
{
    int i;

    for (i = 0; i < entries->nelts; i++) {
        if (same_entry(ENTRY(entries, i), entry, kind)) {
            return 1;
        }
    }
    return 0;
}

int cors_names_add(cors_names_t *names, const char *entry, int exclude)
{
    apr_array_header_t *entries = exclude ? names->exclusions
                                          : names->entries;

    if (has_entry(entries, entry, names->kind)) {
        return 0;
    }
    APR_ARRAY_PUSH(entries, const char *) = entry;
    names->is_sealed = 0;
    return 1;
}

/* A copy of a name in lower case. */
static const char *lower(const char *name, apr_size_t len, apr_pool_t *pool)
{
    char *copy = apr_palloc(pool, len + 1);
    apr_size_t i;

    for (i = 0; i < len; i++) {
        copy[i] = (char)cors_token_lower[(unsigned char)name[i]];
    }
    copy[len] = '\0';
    return copy;
}

static void seal_side(side_t *side, const apr_array_header_t *entries,
                      const cors_names_t *names)
{
    int i;

    side->all = 0;
    side->plain = apr_array_make(names->pool, entries->nelts, sizeof(span_t));
    side->prefixes = apr_array_make(names->pool, 0, sizeof(span_t));
    for (i = 0; i < entries->nelts; i++) {
        span_t span = { ENTRY(entries, i), strlen(ENTRY(entries, i)) };

        if (!strcmp(span.text, "*")) {
            side->all = 1;
        }
        else if (names->kind == CORS_HEADERS
                 && span.text[span.len - 1] == '*') {
            span.len--;
            APR_ARRAY_PUSH(side->prefixes, span_t) = span;
        }
        else {
            if (names->kind == CORS_HEADERS) {
                span.text = lower(span.text, span.len, names->pool);
            }
            APR_ARRAY_PUSH(side->plain, span_t) = span;
        }
    }
    if (side->plain->nelts) {
        qsort(side->plain->elts, (size_t)side->plain->nelts, sizeof(span_t),
              comparison(names->kind));
    }
}

/* A list as a field has it; NULL if there is nothing in it. */
static const char *join_spans(const apr_array_header_t *spans,
                              apr_pool_t *pool)
{
    apr_size_t size = 0;
    char *text, *end;
    int i;

    if (!spans->nelts) {
        return NULL;
    }
    for (i = 0; i < spans->nelts; i++) {
        size += SPAN(spans, i).len + 2;
    }
    text = end = apr_palloc(pool, size);
    for (i = 0; i < spans->nelts; i++) {
        if (i) {
            *end++ = ',';
            *end++ = ' ';
        }
        memcpy(end, SPAN(spans, i).text, SPAN(spans, i).len);
        end += SPAN(spans, i).len;
    }
    *end = '\0';
    return text;
}

void cors_names_seal(cors_names_t *names)
{
    apr_array_header_t *plain;
    int i;

    if (names->is_sealed) {
        return;
    }
    names->is_sealed = 1;
    plain = apr_array_make(names->pool, names->entries->nelts, sizeof(span_t));
    seal_side(&names->includes, names->entries, names);
    seal_side(&names->excludes, names->exclusions, names);
    for (i = 0; i < names->entries->nelts; i++) {
        const span_t name = { ENTRY(names->entries, i),
                              strlen(ENTRY(names->entries, i)) };

        if (side_lists(&names->includes, &name, names->kind)
            && !side_covers(&names->excludes, &name, names->kind)) {
            APR_ARRAY_PUSH(plain, span_t) = name;
        }
    }
    names->joined = join_spans(plain, names->pool);
}

/* Add to entries what stands in from and not in without. */
static void add_all(cors_names_t *names, int exclude,
                    const apr_array_header_t *from,
                    const apr_array_header_t *without)
{
    int i;

    for (i = 0; i < from->nelts; i++) {
        if (!without || !has_entry(without, ENTRY(from, i), names->kind)) {
            cors_names_add(names, ENTRY(from, i), exclude);
        }
    }
}

cors_names_t *cors_names_edit(apr_pool_t *pool, const cors_names_t *base,
                              const cors_names_t *edits)
{
    cors_names_t *names = cors_names_make(pool, base->kind);

    add_all(names, 0, base->entries, edits->exclusions);
    add_all(names, 0, edits->entries, NULL);
    add_all(names, 1, base->exclusions, edits->entries);
    add_all(names, 1, edits->exclusions, NULL);
    cors_names_seal(names);
    return names;
}

/*
 * Asking.
 */

int cors_names_has(const cors_names_t *names, const char *name,
                   apr_size_t len)
{
    const span_t span = { name, len };

    return covers(names, &span);
}

int cors_names_lists(const cors_names_t *names, const char *name,
                     apr_size_t len)
{
    const span_t span = { name, len };

    return side_lists(&names->includes, &span, names->kind)
           && !side_covers(&names->excludes, &span, names->kind);
}

int cors_names_has_all(const cors_names_t *names)
{
    return names->includes.all;
}

int cors_names_has_prefixes(const cors_names_t *names)
{
    return names->includes.prefixes->nelts > 0;
}

int cors_names_excludes(const cors_names_t *names)
{
    return !is_empty(&names->excludes)
           && (names->includes.all || names->includes.prefixes->nelts);
}

const apr_array_header_t *cors_names_entries(const cors_names_t *names,
                                             int excluded)
{
    return excluded ? names->exclusions : names->entries;
}

const char *cors_names_joined(const cors_names_t *names)
{
    return names->joined;
}

/* Whether a request may carry a header: Authorization has to be listed. */
static int covers_request_header(const cors_names_t *names,
                                 const span_t *name)
{
    if (name->len == CORS_LEN("authorization")
        && cors_token_equal(name->text, "authorization", name->len)) {
        return cors_names_lists(names, name->text, name->len);
    }
    return covers(names, name);
}

static const char *skip_blanks(const char *text)
{
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    return text;
}

cors_scan_t cors_names_scan(const cors_names_t *allowed, const char *field,
                            const char **culprit, apr_size_t *len)
{
    const char *end = field;
    int elements;

    for (elements = 0; *end; elements++) {
        span_t name;

        name.text = skip_blanks(end);
        name.len = cors_token_span(name.text);
        end = skip_blanks(name.text + name.len);
        *culprit = name.text;
        *len = name.len;
        if ((*end && *end != ',') || elements >= CORS_NAMES_MAX) {
            return CORS_SCAN_MALFORMED;
        }
        if (name.len && (!allowed || !covers_request_header(allowed, &name))) {
            return CORS_SCAN_UNCOVERED;
        }
        if (*end) {
            end++;
        }
    }
    *len = 0;
    return CORS_SCAN_COVERED;
}

const char *cors_names_requested(const char *field, apr_pool_t *pool)
{
    /* Each name is followed by a comma or the end, and written with ", "
     * behind it: at the worst the text becomes half as long again. */
    const apr_size_t size = strlen(field);
    char *text = apr_palloc(pool, size + size / 2 + 3);
    char *end = text;
    const char *name;
    apr_size_t len, i;

    while ((name = cors_list_next(&field, &len)) != NULL) {
        if (!len) {
            continue;
        }
        if (end != text) {
            *end++ = ',';
            *end++ = ' ';
        }
        for (i = 0; i < len; i++) {
            *end++ = (char)cors_token_lower[(unsigned char)name[i]];
        }
    }
    *end = '\0';
    return end != text ? text : NULL;
}
