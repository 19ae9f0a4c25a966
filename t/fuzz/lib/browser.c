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


#include <strings.h>

#include "browser.h"
#include "reference.h"

int browser_check(const cors_verdict_t *answer, const char *origin,
                  int includes)
{
    const char *allowed = answer->allow_origin;

    if (!allowed) {
        return 0;
    }
    if (!includes && !strcmp(allowed, "*")) {
        return 1;
    }
    return !strcmp(allowed, origin) && (!includes || answer->credentials);
}

/* Fetch, "extract header list values"; NULL is failure. */
static apr_array_header_t *extract(const char *value, apr_pool_t *pool)
{
    apr_array_header_t *values = ref_elements(value ? value : "", pool);
    int i;

    for (i = 0; i < values->nelts; i++) {
        if (!ref_is_token(APR_ARRAY_IDX(values, i, char *))) {
            return NULL;
        }
    }
    return values;
}

typedef int compare_fn(const char *a, const char *b);

static int contains(const apr_array_header_t *values, const char *text,
                    compare_fn *compare)
{
    int i;

    for (i = 0; i < values->nelts; i++) {
        if (!compare(APR_ARRAY_IDX(values, i, char *), text)) {
            return 1;
        }
    }
    return 0;
}

static int is_safelisted_method(const char *method)
{
    return !strcmp(method, "GET") || !strcmp(method, "HEAD")
           || !strcmp(method, "POST");
}

int browser_goes_on(const cors_verdict_t *answer, const char *origin,
                    const char *method, const char *header, int includes,
                    apr_pool_t *pool)
{
    const apr_array_header_t *methods = extract(answer->allow_methods, pool);
    const apr_array_header_t *headers = extract(answer->allow_headers, pool);

    if (!browser_check(answer, origin, includes) || !methods || !headers) {
        return 0;
    }
    if (!contains(methods, method, strcmp) && !is_safelisted_method(method)
        && (includes || !contains(methods, "*", strcmp))) {
        return 0;
    }
    if (!header || contains(headers, header, strcasecmp)) {
        return 1;
    }
    return strcasecmp(header, "authorization") && !includes
           && contains(headers, "*", strcmp);
}
