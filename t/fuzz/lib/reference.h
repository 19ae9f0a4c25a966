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


#ifndef CORS_REFERENCE_H
#define CORS_REFERENCE_H

/**
 * @file reference.h
 * The module's decisions once more, so plainly that they can be compared with
 * design.md and with Fetch by reading: lists are walked through, text is
 * copied, nothing is computed beforehand.
 */

#include <apr_tables.h>

#include "../../../src/core/cors_names.h"
#include "../../../src/core/cors_origin_set.h"

#include "fuzz.h"

/** Whether text is a token (RFC 9110, 5.6.2). */
int ref_is_token(const char *text);

/** Whether text is an origin that a browser can send, or "null". */
int ref_is_origin(const char *text);

/** The elements of a list in a field, without the empty ones; char *. */
apr_array_header_t *ref_elements(const char *field, apr_pool_t *pool);

/** A list as it is written: entries with a sign. */
typedef struct {
    const char *text;
    int exclude;
} ref_entry_t;

/** How two texts of entries, or an entry and a name, are compared. */
typedef int ref_covers_fn(const char *entry, const char *text);

ref_covers_fn ref_covers_origin;    /* "~word": what has the word in it */
ref_covers_fn ref_covers_method;
ref_covers_fn ref_covers_header;

/** Add an entry to a list of ref_entry_t. */
void ref_add(apr_array_header_t *list, const char *text, int exclude);

/** What + and - do to an outer list (design.md, 2.1). */
apr_array_header_t *ref_edit(const apr_array_header_t *base,
                             const apr_array_header_t *edits,
                             int ignores_case);

/** Whether a list includes a text and does not exclude it. */
int ref_has(const apr_array_header_t *list, const char *text,
            ref_covers_fn *covers);

/** Whether a list names the text itself, and does not exclude it. */
int ref_lists(const apr_array_header_t *list, const char *text,
              ref_covers_fn *covers);

/** Whether a list includes an entry and does not exclude the very same. */
int ref_says(const apr_array_header_t *list, const char *entry);

/** Whether a list has exclusions, and inclusions. */
int ref_has_sign(const apr_array_header_t *list, int exclude);

/** What cors_names_scan() has to say (design.md, 3, step 3). */
cors_scan_t ref_scan(const apr_array_header_t *allowed, const char *field,
                     apr_pool_t *pool);

/** Make a matcher of "~word". */
const cors_matcher_t *ref_matcher(const char *text, apr_pool_t *pool);

#endif /* CORS_REFERENCE_H */
