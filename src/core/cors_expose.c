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

#include <string.h>

#include <apr_strings.h>

#include "cors_check.h"
#include "cors_expose.h"
#include "cors_token.h"

/* What is never in the answer, as what browsers show anyway is not: they never
 * show it, or it ends at the next hop (RFC 9110, 7.6.1). */
static const char *const unexposed[] = {
    "Set-Cookie", "Set-Cookie2",
    "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection",
    "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    NULL
};

static int is_equal(const char *name, apr_size_t len, const char *other)
{
    return strlen(other) == len && cors_token_equal(name, other, len);
}

static int is_one_of(const char *name, apr_size_t len,
                     const char *const *names)
{
    while (*names && !is_equal(name, len, *names)) {
        names++;
    }
    return *names != NULL;
}

static int is_exposable(const char *name, apr_size_t len)
{
    if (len >= CORS_LEN("access-control-")
        && cors_token_equal(name, "access-control-",
                            CORS_LEN("access-control-"))) {
        return 0;
    }
    return !is_one_of(name, len, cors_safelisted_response_headers)
           && !is_one_of(name, len, unexposed);
}

/* Add a field's name unless it is there already, in the list's plain names or
 * from an earlier field. */
static void expose(apr_array_header_t *found, const cors_names_t *exposed,
                   const char *name)
{
    const apr_size_t len = strlen(name);
    int i;

    if (!cors_names_has(exposed, name, len)
        || cors_names_lists(exposed, name, len) || !is_exposable(name, len)) {
        return;
    }
    for (i = 0; i < found->nelts; i++) {
        if (is_equal(name, len, APR_ARRAY_IDX(found, i, const char *))) {
            return;
        }
    }
    APR_ARRAY_PUSH(found, const char *) = name;
}

/* A list as a field has it: first, unless that is NULL, and what was found.
 * NULL if that is nothing. */
static const char *join(const char *first, const apr_array_header_t *found,
                        apr_pool_t *pool)
{
    apr_size_t size = first ? strlen(first) + 1 : 1;
    char *text, *end;
    int i;

    if (!found->nelts) {
        return first;
    }
    for (i = 0; i < found->nelts; i++) {
        size += strlen(APR_ARRAY_IDX(found, i, const char *)) + 2;
    }
    text = apr_palloc(pool, size);
    end = first ? apr_cpystrn(text, first, size) : text;
    for (i = 0; i < found->nelts; i++) {
        if (end != text) {
            *end++ = ',';
            *end++ = ' ';
        }
        end = apr_cpystrn(end, APR_ARRAY_IDX(found, i, const char *),
                          size - (apr_size_t)(end - text));
    }
    return text;
}

const char *cors_expose(const cors_names_t *exposed,
                        const apr_table_t *const *tables,
                        const char *const *more, apr_pool_t *pool)
{
    apr_array_header_t *found;

    if (!cors_names_has_all(exposed) && !cors_names_has_prefixes(exposed)) {
        return cors_names_joined(exposed);
    }
    found = apr_array_make(pool, 8, sizeof(const char *));
    for (; *tables; tables++) {
        const apr_array_header_t *fields = apr_table_elts(*tables);
        int i;

        for (i = 0; i < fields->nelts; i++) {
            expose(found, exposed,
                   APR_ARRAY_IDX(fields, i, apr_table_entry_t).key);
        }
    }
    for (; *more; more++) {
        expose(found, exposed, *more);
    }
    return join(cors_names_joined(exposed), found, pool);
}
