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

#include <apr_hash.h>

#include "cors_origin_set.h"

/*
 * One side of a set: what is included, or what is excluded.
 *
 * All patterns stand in one hash under their own text.  A request's origin is
 * looked up as it is, then as each pattern that would cover it, its scheme
 * followed by "*.example.com:8443", "*.b.example.com:8443" and so on.  The two
 * masks say which of these are worth the look-up: bit n is set if the side has
 * a pattern whose "*." is followed by a host with n dots, so that a hostile
 * origin of two hundred labels costs no more look-ups than the configuration
 * asks for.
 */
typedef struct {
    apr_hash_t *patterns;               /* text -> text; NULL while empty */
    apr_array_header_t *wide;           /* const char *: those of the patterns
                                         * that cover many sites; or NULL */
    apr_array_header_t *matchers;       /* const cors_matcher_t *; or NULL */
    apr_uint64_t depths;                /* of "*.host" and "*.host:port" */
    apr_uint64_t depths_any_port;       /* of "*.host:*" */
    unsigned int any : 1;               /* has "*" */
    unsigned int any_port : 1;          /* has "host:*" */
} side_t;

struct cors_origin_set_t {
    apr_pool_t *pool;
    const cors_origin_set_t *base;      /* whose inclusions count too */
    side_t includes;                    /* of this set alone */
    side_t excludes;                    /* all, those of base among them */
    int is_empty;                       /* includes nothing, base neither */
};

/* Names with more dots than the mask has bits share the last bit. */
#define DEPTH_MAX 63

/* Patterns longer than any origin that is looked at are never found, so the
 * room is enough for "*." and ":*" as well. */
#define KEY_MAX (CORS_ORIGIN_MAX + 4)

static apr_uint64_t depth_bit(unsigned int dots)
{
    return (apr_uint64_t)1 << (dots < DEPTH_MAX ? dots : DEPTH_MAX);
}

static void side_add(side_t *side, const char *pattern, apr_pool_t *pool)
{
    const apr_size_t len = strlen(pattern);
    const int any_port = len > 2 && !strcmp(pattern + len - 2, ":*");
    const char *host = strstr(pattern, "://");
    unsigned int dots = 0;

    if (!side->patterns) {
        side->patterns = apr_hash_make(pool);
    }
    apr_hash_set(side->patterns, pattern, (apr_ssize_t)len, pattern);
    if (!host) {
        side->any |= *pattern == '*';
        return;
    }
    host += 3;
    if (*host != '*') {
        side->any_port |= any_port != 0;
        return;
    }
    for (host += 2; *host; host++) {
        dots += *host == '.';
    }
    if (any_port) {
        side->depths_any_port |= depth_bit(dots);
    }
    else {
        side->depths |= depth_bit(dots);
    }
}

static void side_add_matcher(side_t *side, const cors_matcher_t *matcher,
                             apr_pool_t *pool)
{
    if (!side->matchers) {
        side->matchers = apr_array_make(pool, 2, sizeof(cors_matcher_t *));
    }
    APR_ARRAY_PUSH(side->matchers, const cors_matcher_t *) = matcher;
}

static int side_is_empty(const side_t *side)
{
    return !side->patterns && !side->matchers;
}

static int side_has_pattern(const side_t *side, const char *pattern,
                            apr_size_t len)
{
    return side->patterns
           && apr_hash_get(side->patterns, pattern, (apr_ssize_t)len);
}

static int side_has_matcher(const side_t *side, const char *text)
{
    int i;

    for (i = 0; side->matchers && i < side->matchers->nelts; i++) {
        if (!strcmp(APR_ARRAY_IDX(side->matchers, i,
                                  const cors_matcher_t *)->text, text)) {
            return 1;
        }
    }
    return 0;
}

/* Add to side what stands in from and not in without. */
static void side_add_all(side_t *side, const side_t *from,
                         const side_t *without, apr_pool_t *pool)
{
    apr_hash_index_t *hi;
    int i;

    if (from->patterns) {
        for (hi = apr_hash_first(pool, from->patterns); hi;
             hi = apr_hash_next(hi)) {
            const void *pattern;
            apr_ssize_t len;

            apr_hash_this(hi, &pattern, &len, NULL);
            if (!side_has_pattern(without, pattern, (apr_size_t)len)) {
                side_add(side, pattern, pool);
            }
        }
    }
    for (i = 0; from->matchers && i < from->matchers->nelts; i++) {
        const cors_matcher_t *matcher = APR_ARRAY_IDX(from->matchers, i,
                                                      const cors_matcher_t *);

        if (!side_has_matcher(without, matcher->text)
            && !side_has_matcher(side, matcher->text)) {
            side_add_matcher(side, matcher, pool);
        }
    }
}

/* Look up the patterns with "*." that cover origin: from the last label to
 * the first, as far as the masks reach. */
static int side_has_subdomain(const side_t *side, const cors_origin_t *origin)
{
    const apr_uint64_t all = side->depths | side->depths_any_port;
    char key[KEY_MAX];
    const apr_size_t prefix = origin->host + 2;
    apr_size_t dot;
    unsigned int dots = 0;

    memcpy(key, origin->text, origin->host);
    memcpy(key + origin->host, "*.", 2);
    for (dot = origin->host_end - 1; dot > origin->host; dot--) {
        apr_uint64_t bit;
        apr_size_t len;

        if (origin->text[dot] != '.') {
            continue;
        }
        bit = depth_bit(dots++);
        if (bit > all) {
            break;
        }
        if (side->depths & bit) {
            len = origin->len - dot - 1;
            memcpy(key + prefix, origin->text + dot + 1, len);
            if (side_has_pattern(side, key, prefix + len)) {
                return 1;
            }
        }
        if (side->depths_any_port & bit) {
            len = origin->host_end - dot - 1;
            memcpy(key + prefix, origin->text + dot + 1, len);
            memcpy(key + prefix + len, ":*", 2);
            if (side_has_pattern(side, key, prefix + len + 2)) {
                return 1;
            }
        }
    }
    return 0;
}

static int side_has_any_port(const side_t *side, const cors_origin_t *origin)
{
    char key[KEY_MAX];

    memcpy(key, origin->text, origin->host_end);
    memcpy(key + origin->host_end, ":*", 2);
    return side_has_pattern(side, key, origin->host_end + 2);
}

static int side_matches(const side_t *side, const cors_origin_t *origin,
                        int doubt)
{
    int i;

    for (i = 0; i < side->matchers->nelts; i++) {
        const cors_matcher_t *matcher = APR_ARRAY_IDX(side->matchers, i,
                                                      const cors_matcher_t *);
        const int matches = matcher->matches(matcher, origin);

        if (matches < 0 ? doubt : matches) {
            return 1;
        }
    }
    return 0;
}

/* Whether a side covers an origin.  A matcher that cannot tell counts as
 * doubt says. */
static int side_has(const side_t *side, const cors_origin_t *origin, int doubt)
{
    if (side->any || side_has_pattern(side, origin->text, origin->len)) {
        return 1;
    }
    if (cors_origin_is_null(origin)) {
        return 0;
    }
    return (side->any_port && side_has_any_port(side, origin))
           || ((side->depths | side->depths_any_port)
               && side_has_subdomain(side, origin))
           || (side->matchers && side_matches(side, origin, doubt));
}

cors_origin_set_t *cors_origin_set_make(apr_pool_t *pool)
{
    cors_origin_set_t *set = apr_pcalloc(pool, sizeof(*set));

    set->pool = pool;
    set->is_empty = 1;
    return set;
}

/* Whether a side has an entry that is not an exclusion as well. */
static int side_has_other(const side_t *side, const side_t *excludes,
                          apr_pool_t *pool)
{
    apr_hash_index_t *hi;
    int i;

    for (hi = side->patterns ? apr_hash_first(pool, side->patterns) : NULL; hi;
         hi = apr_hash_next(hi)) {
        const void *pattern;
        apr_ssize_t len;

        apr_hash_this(hi, &pattern, &len, NULL);
        if (!side_has_pattern(excludes, pattern, (apr_size_t)len)) {
            return 1;
        }
    }
    for (i = 0; side->matchers && i < side->matchers->nelts; i++) {
        if (!side_has_matcher(excludes, APR_ARRAY_IDX(side->matchers, i,
                                            const cors_matcher_t *)->text)) {
            return 1;
        }
    }
    return 0;
}

/* To be told after each change: an entry that is excluded counts as none. */
static void note_emptiness(cors_origin_set_t *set)
{
    const cors_origin_set_t *layer;

    set->is_empty = 1;
    for (layer = set; layer && set->is_empty; layer = layer->base) {
        set->is_empty = !side_has_other(&layer->includes, &set->excludes,
                                        set->pool);
    }
}

int cors_origin_set_add(cors_origin_set_t *set, const char *pattern,
                        int exclude)
{
    side_t *side = exclude ? &set->excludes : &set->includes;

    if (side_has_pattern(side, pattern, strlen(pattern))) {
        return 0;
    }
    side_add(side, pattern, set->pool);
    if (exclude || set->is_empty) {
        note_emptiness(set);
    }
    return 1;
}

void cors_origin_set_note_wide(cors_origin_set_t *set, const char *pattern)
{
    if (!set->includes.wide) {
        set->includes.wide = apr_array_make(set->pool, 1, sizeof(char *));
    }
    APR_ARRAY_PUSH(set->includes.wide, const char *) = pattern;
}

int cors_origin_set_add_matcher(cors_origin_set_t *set,
                                const cors_matcher_t *matcher, int exclude)
{
    side_t *side = exclude ? &set->excludes : &set->includes;

    if (side_has_matcher(side, matcher->text)) {
        return 0;
    }
    side_add_matcher(side, matcher, set->pool);
    note_emptiness(set);
    return 1;
}

cors_origin_set_t *cors_origin_set_edit(apr_pool_t *pool,
                                        const cors_origin_set_t *base,
                                        const cors_origin_set_t *edits)
{
    cors_origin_set_t *set = cors_origin_set_make(pool);
    const side_t nothing = { NULL };

    if (edits->base) {
        /* Edits of edits: first the outer ones, then these. */
        base = cors_origin_set_edit(pool, base, edits->base);
    }
    set->base = base;
    set->includes = edits->includes;
    if (side_is_empty(&base->excludes)) {
        set->excludes = edits->excludes;
    }
    else {
        side_add_all(&set->excludes, &base->excludes, &edits->includes, pool);
        side_add_all(&set->excludes, &edits->excludes, &nothing, pool);
    }
    note_emptiness(set);
    return set;
}

int cors_origin_set_has(const cors_origin_set_t *set,
                        const cors_origin_t *origin)
{
    if (cors_origin_set_excludes(set) && side_has(&set->excludes, origin, 1)) {
        return 0;
    }
    for (; set; set = set->base) {
        if (side_has(&set->includes, origin, 0)) {
            return 1;
        }
    }
    return 0;
}

int cors_origin_set_has_any(const cors_origin_set_t *set)
{
    if (set->excludes.any) {
        return 0;
    }
    for (; set; set = set->base) {
        if (set->includes.any) {
            return 1;
        }
    }
    return 0;
}

int cors_origin_set_lists_null(const cors_origin_set_t *set)
{
    const cors_origin_set_t *layer;

    if (side_has_pattern(&set->excludes, "null", 4)) {
        return 0;
    }
    for (layer = set; layer; layer = layer->base) {
        if (side_has_pattern(&layer->includes, "null", 4)) {
            return 1;
        }
    }
    return 0;
}

const char *cors_origin_set_wide(const cors_origin_set_t *set)
{
    const cors_origin_set_t *layer;
    int i;

    for (layer = set; layer; layer = layer->base) {
        for (i = 0; layer->includes.wide && i < layer->includes.wide->nelts;
             i++) {
            const char *wide = APR_ARRAY_IDX(layer->includes.wide, i,
                                             const char *);

            if (!side_has_pattern(&set->excludes, wide, strlen(wide))) {
                return wide;
            }
        }
    }
    return NULL;
}

int cors_origin_set_excludes(const cors_origin_set_t *set)
{
    return !side_is_empty(&set->excludes);
}

int cors_origin_set_is_empty(const cors_origin_set_t *set)
{
    return set->is_empty;
}

/*
 * For messages.
 */

static unsigned int side_count(const side_t *side)
{
    return (side->patterns ? apr_hash_count(side->patterns) : 0)
           + (side->matchers ? (unsigned int)side->matchers->nelts : 0);
}

unsigned int cors_origin_set_count(const cors_origin_set_t *set, int excluded)
{
    unsigned int count = excluded ? side_count(&set->excludes) : 0;

    for (; set && !excluded; set = set->base) {
        count += side_count(&set->includes);
    }
    return count;
}

/* Add what a set and those that it is based on include, outer ones first. */
static void add_layers(side_t *side, const cors_origin_set_t *set,
                       const side_t *without, apr_pool_t *pool)
{
    if (set) {
        add_layers(side, set->base, without, pool);
        side_add_all(side, &set->includes, without, pool);
    }
}

/* What a set includes and does not exclude, or what it excludes. */
static side_t whole_side(const cors_origin_set_t *set, int excluded,
                         apr_pool_t *pool)
{
    side_t side = { NULL };

    if (excluded) {
        return set->excludes;
    }
    add_layers(&side, set, &set->excludes, pool);
    return side;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

apr_array_header_t *cors_origin_set_patterns(const cors_origin_set_t *set,
                                             int excluded, apr_pool_t *pool)
{
    apr_array_header_t *texts = apr_array_make(pool, 4, sizeof(const char *));
    const side_t side = whole_side(set, excluded, pool);
    apr_hash_index_t *hi;

    for (hi = side.patterns ? apr_hash_first(pool, side.patterns) : NULL; hi;
         hi = apr_hash_next(hi)) {
        const void *pattern;

        apr_hash_this(hi, &pattern, NULL, NULL);
        APR_ARRAY_PUSH(texts, const char *) = pattern;
    }
    qsort(texts->elts, (size_t)texts->nelts, sizeof(const char *),
          compare_texts);
    return texts;
}

apr_array_header_t *cors_origin_set_expressions(const cors_origin_set_t *set,
                                                int excluded,
                                                apr_pool_t *pool)
{
    apr_array_header_t *texts = apr_array_make(pool, 0, sizeof(const char *));
    const side_t side = whole_side(set, excluded, pool);
    int i;

    for (i = 0; side.matchers && i < side.matchers->nelts; i++) {
        APR_ARRAY_PUSH(texts, const char *) =
            APR_ARRAY_IDX(side.matchers, i, const cors_matcher_t *)->text;
    }
    return texts;
}
