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

/* Add what a list of origins includes or excludes; many are only counted, which
 * takes no longer than few. */
static const char *add_side(const char *text, const cors_origin_set_t *origins,
                            int excluded, apr_pool_t *pool)
{
    const unsigned int count = cors_origin_set_count(origins, excluded);
    const char *sign = excluded ? "-" : "";

    if (count > ENTRIES) {
        return apr_psprintf(pool, "%s%s%u %s", text, *text ? ", " : "", count,
                            excluded ? "exclusions" : "origins");
    }
    text = add_entries(text, cors_origin_set_patterns(origins, excluded, pool),
                       sign, pool);
    return add_entries(text, cors_origin_set_expressions(origins, excluded,
                                                         pool), sign, pool);
}

const char *cors_describe_origins(const cors_origin_set_t *origins,
                                  apr_pool_t *pool)
{
    return add_side(add_side("", origins, 0, pool), origins, 1, pool);
}

const char *cors_describe_names(const cors_names_t *names, apr_pool_t *pool)
{
    return add_entries(add_entries("", cors_names_entries(names, 0), "", pool),
                       cors_names_entries(names, 1), "-", pool);
}
