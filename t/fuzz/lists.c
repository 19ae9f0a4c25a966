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


/*
 * Lists in fields, as Vary has them: each line but the last is merged with the
 * next one.
 */

#include <strings.h>

#include "../../src/core/cors_token.h"

#include "lib/reference.h"

static int has(const apr_array_header_t *elements, const char *text)
{
    int i;

    for (i = 0; i < elements->nelts; i++) {
        if (!strcasecmp(APR_ARRAY_IDX(elements, i, char *), text)) {
            return 1;
        }
    }
    return 0;
}

/* Whether the elements are names, as the functions want them. */
static int are_tokens(const apr_array_header_t *elements)
{
    int i;

    for (i = 0; i < elements->nelts; i++) {
        if (!ref_is_token(APR_ARRAY_IDX(elements, i, char *))) {
            return 0;
        }
    }
    return 1;
}

static int is_within(const apr_array_header_t *elements,
                     const apr_array_header_t *other,
                     const apr_array_header_t *third)
{
    int i;

    for (i = 0; i < elements->nelts; i++) {
        const char *element = APR_ARRAY_IDX(elements, i, char *);

        if (!has(other, element) && !has(third, element)) {
            return 0;
        }
    }
    return 1;
}

static void check_next(const char *list, const apr_array_header_t *elements)
{
    const char *rest = list;
    const char *element;
    apr_size_t len;
    int i = 0;

    while ((element = cors_list_next(&rest, &len)) != NULL) {
        if (len) {
            const char *want = i < elements->nelts
                               ? APR_ARRAY_IDX(elements, i, char *) : "";

            must(strlen(want) == len && !memcmp(want, element, len), "\"%s\"",
                 list);
            i++;
        }
    }
    must(i == elements->nelts, "\"%s\"", list);
}

static void check_merged(const char *list, const char *more, apr_pool_t *pool)
{
    const apr_array_header_t *a = ref_elements(list, pool);
    const apr_array_header_t *b = ref_elements(more, pool);
    const char *merged = cors_list_merge(list, more, pool);
    const apr_array_header_t *all = ref_elements(merged, pool);
    int i;

    check_next(list, a);
    must(cors_list_within("", list, more), "nothing is within all");
    if (!are_tokens(a) || !are_tokens(b)) {
        return;
    }
    must(cors_list_within(list, more, "") == is_within(a, b, b),
         "\"%s\", \"%s\"", list, more);
    if (has(a, "*") || has(b, "*")) {
        must(!strcmp(merged, "*"), "\"%s\"", merged);
        return;
    }
    must(!*merged || is_field_value(merged), "\"%s\"", merged);
    must(is_within(all, a, b) && is_within(a, all, all)
         && is_within(b, all, all), "\"%s\", \"%s\": \"%s\"", list, more,
         merged);
    must(!strcmp(merged, cors_list_merge(merged, merged, pool)), "\"%s\"",
         merged);
    for (i = 0; i < all->nelts; i++) {
        const char *element = APR_ARRAY_IDX(all, i, char *);

        must(cors_list_has(merged, element, strlen(element)), "\"%s\"",
             merged);
    }
}

void fuzz(input_t *input)
{
    const char *list = need_line(input);
    const char *more;

    must(!!cors_is_token(list) == ref_is_token(list), "\"%s\"", list);
    while ((more = take_line(input)) != NULL) {
        check_merged(list, more, input->pool);
        list = more;
    }
}
