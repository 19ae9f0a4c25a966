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

#ifndef CORS_NAMES_H
#define CORS_NAMES_H

/**
 * @file cors_names.h
 * Lists of method names and of header names: what CorsAllowMethods,
 * CorsAllowHeaders and CorsExposeHeaders say.
 */

#include <apr_pools.h>
#include <apr_tables.h>

/**
 * The most elements of an Access-Control-Request-Headers that are looked at,
 * empty ones included.  Browsers send the names sorted and without empty
 * elements, and no page sets so many.
 */
#define CORS_NAMES_MAX 256

/** What a list is a list of. */
typedef enum {
    CORS_METHODS,           /* compared as written; no prefixes */
    CORS_HEADERS            /* compared without regard to case */
} cors_names_kind_t;

typedef struct cors_names_t cors_names_t;

/** An empty list, in pool. */
cors_names_t *cors_names_make(apr_pool_t *pool, cors_names_kind_t kind);

/**
 * Add an entry: a name, `*`, or for headers a prefix that ends in `*`.
 *
 * @param names a list that no other thread sees yet; cors_names_seal() has to
 *              follow before it is asked
 * @param entry kept, not copied
 * @param exclude whether it is an exclusion, which beats every inclusion
 * @return whether it is new to the list
 */
int cors_names_add(cors_names_t *names, const char *entry, int exclude);

/** Compute what answers are made of, unless nothing was added since. */
void cors_names_seal(cors_names_t *names);

/**
 * The list that comes of editing one with another: what `+` and `-` do in an
 * inner section.  An entry of edits is added to base; it takes away the equal
 * entry of the opposite kind.
 *
 * @return a sealed list in pool; base and edits have to live as long
 */
cors_names_t *cors_names_edit(apr_pool_t *pool, const cors_names_t *base,
                              const cors_names_t *edits);

/** Whether the list covers a name of len bytes. */
int cors_names_has(const cors_names_t *names, const char *name,
                   apr_size_t len);

/** Whether a name is listed itself, not only covered by `*` or a prefix. */
int cors_names_lists(const cors_names_t *names, const char *name,
                     apr_size_t len);

/** Whether the list has `*`. */
int cors_names_has_all(const cors_names_t *names);

/** Whether the list has prefixes. */
int cors_names_has_prefixes(const cors_names_t *names);

/** Whether anything that the list could cover is excluded from it. */
int cors_names_excludes(const cors_names_t *names);

/**
 * The entries as written, those that are included or those that are excluded.
 *
 * @return const char *, in the order in which they came
 */
const apr_array_header_t *cors_names_entries(const cors_names_t *names,
                                             int excluded);

/** The plain names that are not excluded, ", " between them; or NULL. */
const char *cors_names_joined(const cors_names_t *names);

/** What cors_names_scan() found. */
typedef enum {
    CORS_SCAN_COVERED,      /* every name is covered */
    CORS_SCAN_UNCOVERED,    /* one is not */
    CORS_SCAN_MALFORMED     /* one is no token, or there are too many */
} cors_scan_t;

/**
 * Look at every name of an Access-Control-Request-Headers (Fetch,
 * "CORS-preflight fetch", step 9 of the checks).  Order, optional white space
 * and empty elements do not matter.  Authorization has to be listed by name,
 * `*` does not cover it (Fetch, "CORS non-wildcard request-header name").
 *
 * One pass, no copy; stops at the first name that is not covered.
 *
 * @param allowed the list, or NULL for the empty one
 * @param field the field's value
 * @param culprit where the name begins at which the scan stopped
 * @param len how long it is; 0 if all names are covered
 */
cors_scan_t cors_names_scan(const cors_names_t *allowed, const char *field,
                            const char **culprit, apr_size_t *len);

/**
 * The names of an Access-Control-Request-Headers that cors_names_scan() found
 * covered, in lower case, ", " between them.
 *
 * @return in pool, or NULL if there are none
 */
const char *cors_names_requested(const char *field, apr_pool_t *pool);

#endif /* CORS_NAMES_H */
