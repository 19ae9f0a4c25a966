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

#ifndef CORS_TEST_LISTS_H
#define CORS_TEST_LISTS_H

/**
 * @file lists.h
 * Lists as tests write them: entries with spaces between them, each with an
 * optional sign, as in "https://a.example -https://b.example".  In a list of
 * origins "~word" is a matcher, for what has the word in it.  NULL is no list.
 */

#include <apr_strings.h>
#include <apr_tables.h>

#include "../../src/core/cors_names.h"
#include "../../src/core/cors_origin.h"
#include "../../src/core/cors_origin_set.h"

#include "tap.h"

/** How often a matcher was asked, and how often about "null". */
static int matcher_calls;
static int matcher_null_calls;

static inline int has_word(const cors_matcher_t *matcher,
                           const cors_origin_t *origin)
{
    const char *word = matcher->data;

    matcher_calls++;
    matcher_null_calls += cors_origin_is_null(origin);
    return strstr(origin->text, word) != NULL;
}

/* Take the next entry and its sign off a list; NULL at its end. */
static inline const char *next_entry(char **rest, int *exclude)
{
    char *entry = apr_strtok(*rest, " ", rest);

    *exclude = entry && *entry == '-';
    return entry && (*entry == '-' || *entry == '+') ? entry + 1 : entry;
}

static inline void add_origin(cors_origin_set_t *set, const char *entry,
                              int exclude, apr_pool_t *pool)
{
    if (*entry == '~') {
        cors_matcher_t *matcher = apr_palloc(pool, sizeof(*matcher));

        matcher->text = entry;
        matcher->matches = has_word;
        matcher->data = (void *)(entry + 1);
        cors_origin_set_add_matcher(set, matcher, exclude);
    }
    else {
        const char *pattern;
        const char *err = cors_origin_pattern(&pattern, entry, pool);

        if (err) {
            printf("Bail out! the test itself is wrong: %s\n", err);
            exit(EXIT_FAILURE);
        }
        cors_origin_set_add(set, pattern, exclude);
    }
}

static inline cors_origin_set_t *make_origins(const char *list,
                                              apr_pool_t *pool)
{
    cors_origin_set_t *set = cors_origin_set_make(pool);
    char *rest = apr_pstrdup(pool, list);
    const char *entry;
    int exclude;

    if (!list) {
        return NULL;
    }
    while ((entry = next_entry(&rest, &exclude)) != NULL) {
        add_origin(set, entry, exclude, pool);
    }
    return set;
}

static inline cors_names_t *make_names(cors_names_kind_t kind,
                                       const char *list, apr_pool_t *pool)
{
    cors_names_t *names = cors_names_make(pool, kind);
    char *rest = apr_pstrdup(pool, list);
    const char *entry;
    int exclude;

    if (!list) {
        return NULL;
    }
    while ((entry = next_entry(&rest, &exclude)) != NULL) {
        cors_names_add(names, entry, exclude);
    }
    cors_names_seal(names);
    return names;
}

/** A table with a field for each name of a list. */
static inline apr_table_t *make_table(const char *list, apr_pool_t *pool)
{
    apr_table_t *table = apr_table_make(pool, 4);
    char *rest = apr_pstrdup(pool, list);
    const char *name;
    int unused;

    while ((name = next_entry(&rest, &unused)) != NULL) {
        apr_table_addn(table, name, "value");
    }
    return table;
}

/** Text that is a piece of text, again and again. */
static inline char *repeat(const char *piece, apr_size_t times,
                           apr_pool_t *pool)
{
    const apr_size_t len = strlen(piece);
    char *text = apr_palloc(pool, len * times + 1);
    apr_size_t i;

    for (i = 0; i < times; i++) {
        memcpy(text + i * len, piece, len);
    }
    text[len * times] = '\0';
    return text;
}

/** A number below limit: always the same ones in the same order. */
static inline unsigned int roll(unsigned int limit)
{
    static apr_uint32_t state = 20240229;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % limit;
}

#define ROUNDS 4000

/** What holds for every case: makes one up, returns it if it does not. */
typedef const char *property_fn(apr_pool_t *pool);

static inline void test_property(property_fn *property, const char *rule,
                                 apr_pool_t *parent)
{
    const char *wrong = NULL;
    apr_pool_t *pool;
    int i;

    apr_pool_create(&pool, parent);
    for (i = 0; i < ROUNDS && !wrong; i++) {
        apr_pool_clear(pool);
        wrong = property(pool);
    }
    is_str(wrong, NULL, "%s, over %d random cases", rule, ROUNDS);
    apr_pool_destroy(pool);
}

#endif /* CORS_TEST_LISTS_H */
