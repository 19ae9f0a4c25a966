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

#include <apr_strings.h>

#include "cors_describe.h"

/* How many entries of a list are worth saying. */
#define ENTRIES 16

/* Add to a text the entries of a list, as they are written. */
static const char *add_entries(const char *text,
                               const apr_array_header_t *entries,
                               const char *sign, apr_pool_t *pool)
{
    int i;

    for (i = 0; i < entries->nelts && i < ENTRIES; i++) {
        text = apr_pstrcat(pool, text, *text ? ", " : "", sign,
                           APR_ARRAY_IDX(entries, i, const char *), NULL);
    }
    return i < entries->nelts ? apr_pstrcat(pool, text, ", ...", NULL) : text;
}

const char *cors_describe_origins(const cors_origin_set_t *origins,
                                  apr_pool_t *pool)
{
    const unsigned int count = cors_origin_set_count(origins);
    const char *text = "";
    int i;

    if (count > ENTRIES) {
        return apr_psprintf(pool, "%u origins", count);
    }
    for (i = 0; i < 2; i++) {
        const char *sign = i ? "-" : "";

        text = add_entries(text, cors_origin_set_patterns(origins, i, pool),
                           sign, pool);
        text = add_entries(text, cors_origin_set_expressions(origins, i, pool),
                           sign, pool);
    }
    return text;
}

const char *cors_describe_names(const cors_names_t *names, apr_pool_t *pool)
{
    return add_entries(add_entries("", cors_names_entries(names, 0), "", pool),
                       cors_names_entries(names, 1), "-", pool);
}
