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

#include "cors_token.h"

/* The bytes above 127 are none of a token and stay 0. */
const unsigned char cors_token_lower[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, '!', 0, '#', '$', '%', '&', '\'', 0, 0, '*', '+', 0, '-', '.', 0,
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 0, 0, 0, 0, 0, 0,
    0, 'a', 'b', 'c', 'd', 'e', 'f', 'g',
    'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0, 0, 0, '^', '_',
    '`', 'a', 'b', 'c', 'd', 'e', 'f', 'g',
    'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0, '|', 0, '~', 0
};

apr_size_t cors_token_span(const char *text)
{
    apr_size_t len = 0;

    while (cors_token_lower[(unsigned char)text[len]]) {
        len++;
    }
    return len;
}

int cors_is_token(const char *text)
{
    const apr_size_t len = cors_token_span(text);

    return len && !text[len];
}

int cors_token_equal(const char *a, const char *b, apr_size_t len)
{
    apr_size_t i;

    if (!memcmp(a, b, len)) {
        return 1;
    }
    for (i = 0; i < len; i++) {
        if (a[i] != b[i] && cors_token_lower[(unsigned char)a[i]]
                            != cors_token_lower[(unsigned char)b[i]]) {
            return 0;
        }
    }
    return 1;
}

const char *cors_list_next(const char **list, apr_size_t *len)
{
    const char *start = *list;
    const char *end;

    if (!*start) {
        return NULL;
    }
    start += strspn(start, " \t");
    end = start + strcspn(start, ",");
    *list = *end ? end + 1 : end;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    *len = (apr_size_t)(end - start);
    return start;
}

int cors_list_has(const char *list, const char *token, apr_size_t len)
{
    const char *element;
    apr_size_t n;

    while ((element = cors_list_next(&list, &n)) != NULL) {
        if (n == len && cors_token_equal(element, token, len)) {
            return 1;
        }
    }
    return 0;
}

int cors_list_within(const char *list, const char *other, const char *third)
{
    const char *element;
    apr_size_t len;

    while ((element = cors_list_next(&list, &len)) != NULL) {
        if (len && !cors_list_has(other, element, len)
            && !cors_list_has(third, element, len)) {
            return 0;
        }
    }
    return 1;
}

/* Append to a list those elements of another that it lacks.  Returns 0 if one
 * of them is "*". */
static int append_missing(char *list, const char *more)
{
    char *end = list + strlen(list);
    const char *element;
    apr_size_t len;

    while ((element = cors_list_next(&more, &len)) != NULL) {
        if (len == 1 && *element == '*') {
            return 0;
        }
        if (!len || cors_list_has(list, element, len)) {
            continue;
        }
        if (end != list) {
            *end++ = ',';
            *end++ = ' ';
        }
        memcpy(end, element, len);
        end += len;
        *end = '\0';
    }
    return 1;
}

const char *cors_list_merge(const char *list, const char *more,
                            apr_pool_t *pool)
{
    /* A comma becomes a comma and a space, and one comes between the two. */
    char *merged = apr_palloc(pool, 2 * (strlen(list) + strlen(more)) + 3);

    *merged = '\0';
    return append_missing(merged, list) && append_missing(merged, more)
           ? merged : "*";
}
