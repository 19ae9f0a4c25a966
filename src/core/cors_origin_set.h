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

#ifndef CORS_ORIGIN_SET_H
#define CORS_ORIGIN_SET_H

/**
 * @file cors_origin_set.h
 * A set of origins: what CorsAllowOrigin, CorsAllowOriginMatch and
 * CorsAllowCredentials list, with exclusions, and edited by inner sections.
 */

#include <apr_pools.h>
#include <apr_tables.h>

#include "cors_origin.h"

/**
 * A condition that the core cannot evaluate itself: an expression.  The
 * server side fills this in.
 */
typedef struct cors_matcher_t {
    const char *text;   /* as written, for messages and for taking it away */
    /* Positive if it does, 0 if not, negative if that could not be found out:
     * then an inclusion does not include and an exclusion does exclude. */
    int (*matches)(const struct cors_matcher_t *matcher,
                   const cors_origin_t *origin);
    void *data;         /* the matcher's own */
} cors_matcher_t;

typedef struct cors_origin_set_t cors_origin_set_t;

/** An empty set, in pool. */
cors_origin_set_t *cors_origin_set_make(apr_pool_t *pool);

/**
 * Add an entry.
 *
 * @param set a set that no other thread sees yet
 * @param pattern in the form that cors_origin_pattern() yields; kept, not
 *                copied
 * @param exclude whether it is an exclusion, which beats every inclusion
 * @return whether it is new to the set
 */
int cors_origin_set_add(cors_origin_set_t *set, const char *pattern,
                        int exclude);

/**
 * Note that a pattern of the set covers more than one site: all names below a
 * public suffix, where anybody can have one.  The core has no list of these.
 */
void cors_origin_set_note_wide(cors_origin_set_t *set, const char *pattern);

/** Add a matcher; kept, not copied.  Else as cors_origin_set_add(). */
int cors_origin_set_add_matcher(cors_origin_set_t *set,
                                const cors_matcher_t *matcher, int exclude);

/**
 * The set that comes of editing one with another: what `+` and `-` do in an
 * inner section.  An entry of edits is added to base; it takes away the equal
 * entry of the opposite kind.
 *
 * Costs as much as edits and the exclusions of base are long: what base
 * includes is shared, however much it is.
 *
 * @param edits entries that all have a sign; or edits edited by edits
 * @return a set in pool; base and edits have to live as long
 */
cors_origin_set_t *cors_origin_set_edit(apr_pool_t *pool,
                                        const cors_origin_set_t *base,
                                        const cors_origin_set_t *edits);

/**
 * Whether the set includes an origin and does not exclude it.
 *
 * Costs one look-up for the origin itself, and where the set has such
 * entries one for `:*` and one for each number of labels that follow a `*.`;
 * how many entries there are does not matter.  Matchers are asked last, one
 * after the other, and never about "null".
 */
int cors_origin_set_has(const cors_origin_set_t *set,
                        const cors_origin_t *origin);

/** Whether `*` is in the set, and not excluded itself. */
int cors_origin_set_has_any(const cors_origin_set_t *set);

/** Whether "null" itself is in the set, and not excluded. */
int cors_origin_set_lists_null(const cors_origin_set_t *set);

/** A pattern that was noted as wide and is not excluded itself, or NULL. */
const char *cors_origin_set_wide(const cors_origin_set_t *set);

/** Whether anything is excluded. */
int cors_origin_set_excludes(const cors_origin_set_t *set);

/** Whether nothing is included but what is excluded itself. */
int cors_origin_set_is_empty(const cors_origin_set_t *set);

/*
 * For messages.
 */

/**
 * How many entries are included, or how many are excluded; what is there twice
 * counts twice.
 */
unsigned int cors_origin_set_count(const cors_origin_set_t *set, int excluded);

/**
 * The patterns that are included and not excluded themselves, or those that
 * are excluded.
 *
 * @return const char *, each once, sorted; in pool
 */
apr_array_header_t *cors_origin_set_patterns(const cors_origin_set_t *set,
                                             int excluded, apr_pool_t *pool);

/** The texts of the matchers, likewise, in the order in which they came. */
apr_array_header_t *cors_origin_set_expressions(const cors_origin_set_t *set,
                                                int excluded,
                                                apr_pool_t *pool);

#endif /* CORS_ORIGIN_SET_H */
