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
 * Access-Control-Request-Headers, against a reference that splits it: the
 * first line lists what is allowed, the others are fields.
 */

#include "../../src/core/cors_check.h"

#include "lib/reference.h"

typedef struct {
    cors_names_t *names;
    apr_array_header_t *list;   /* ref_entry_t */
} allowed_t;

static allowed_t make_allowed(char *line, apr_pool_t *pool)
{
    allowed_t allowed = { cors_names_make(pool, CORS_HEADERS),
                          apr_array_make(pool, 4, sizeof(ref_entry_t)) };
    char *word;

    while ((word = take_word(&line)) != NULL) {
        const int exclude = *word == '-';

        word += *word == '-' || *word == '+';
        if (!cors_check_request_header(word, exclude, pool)) {
            cors_names_add(allowed.names, word, exclude);
            ref_add(allowed.list, word, exclude);
        }
    }
    cors_names_seal(allowed.names);
    return allowed;
}

/* The names are sent back in lower case, and mean the same. */
static void check_requested(const char *field, apr_pool_t *pool)
{
    const apr_array_header_t *names = ref_elements(field, pool);
    char *want = apr_pstrdup(pool, apr_array_pstrcat(pool, names, ','));
    const char *got = cors_names_requested(field, pool);
    const apr_array_header_t *again;
    char *c;
    int i;

    must((got != NULL) == (names->nelts > 0), "%s", field);
    if (!got) {
        return;
    }
    must(is_field_value(got), "\"%s\" becomes \"%s\"", field, got);
    for (c = want; *c; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    }
    again = ref_elements(got, pool);
    must(!strcmp(apr_array_pstrcat(pool, again, ','), want),
         "\"%s\" becomes \"%s\"", field, got);
    for (i = 0; i < again->nelts; i++) {
        must(ref_is_token(APR_ARRAY_IDX(again, i, char *)), "%s", got);
    }
}

static void check_field(allowed_t allowed, const char *field,
                        apr_pool_t *pool)
{
    const char *culprit = NULL;
    apr_size_t len = 0;
    const cors_scan_t got = cors_names_scan(allowed.names, field, &culprit,
                                            &len);
    const cors_scan_t want = ref_scan(allowed.names ? allowed.list : NULL,
                                      field, pool);

    must(got == want, "\"%s\": %d, not %d", field, (int)got, (int)want);
    if (got == CORS_SCAN_COVERED) {
        must(len == 0, "\"%s\"", field);
        check_requested(field, pool);
        return;
    }
    must(culprit >= field && culprit + len <= field + strlen(field),
         "\"%s\"", field);
    must(!len || ref_is_token(apr_pstrmemdup(pool, culprit, len)), "\"%s\"",
         field);
    if (got == CORS_SCAN_UNCOVERED) {
        must(len && (!allowed.names || !cors_names_has(allowed.names, culprit,
                                                       len)
                     || len == strlen("authorization")), "\"%s\"", field);
    }
}

void fuzz(input_t *input)
{
    const allowed_t allowed = make_allowed(need_line(input), input->pool);
    const allowed_t nothing = { NULL, NULL };
    const char *field;

    while ((field = take_line(input)) != NULL) {
        check_field(allowed, field, input->pool);
        check_field(nothing, field, input->pool);
    }
}
