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
 * Lists of names, against lists that are walked through.  The first line says
 * what they are lists of: methods, request headers or response headers.  The
 * others are lists, entries with a sign, each of which edits those before it;
 * "?" begins a line of names that are asked, which are those of the response
 * too.
 */

#include <strings.h>

#include "../../src/core/cors_check.h"
#include "../../src/core/cors_expose.h"
#include "../../src/core/cors_token.h"

#include "lib/reference.h"

/* What a list is a list of. */
typedef struct {
    cors_names_kind_t kind;
    cors_check_fn *check;
    cors_check_fn *warn;
    ref_covers_fn *covers;
} sort_t;

static const sort_t sorts[] = {
    { CORS_METHODS, cors_check_method, cors_warn_method, ref_covers_method },
    { CORS_HEADERS, cors_check_request_header, NULL, ref_covers_header },
    { CORS_HEADERS, cors_check_response_header, cors_warn_response_header,
      ref_covers_header }
};

typedef struct {
    const sort_t *sort;
    cors_names_t *names;
    apr_array_header_t *list;   /* ref_entry_t */
} list_t;

#define ENTRY(list, i) APR_ARRAY_IDX(list, i, ref_entry_t)

static list_t make_list(const sort_t *sort, char *line, apr_pool_t *pool)
{
    list_t list = { sort, cors_names_make(pool, sort->kind),
                    apr_array_make(pool, 4, sizeof(ref_entry_t)) };
    char *word;

    while ((word = take_word(&line)) != NULL) {
        const int exclude = *word == '-';
        const char *err;

        word += *word == '-' || *word == '+';
        err = sort->check(word, exclude, pool);
        if (err) {
            must(strstr(err, word), "\"%s\": %s", word, err);
            continue;
        }
        must(ref_is_token(word), "%s", word);
        if (sort->warn) {
            sort->warn(word, exclude, pool);
        }
        cors_names_add(list.names, word, exclude);
        ref_add(list.list, word, exclude);
    }
    cors_names_seal(list.names);
    return list;
}

static list_t edit(list_t base, list_t edits, apr_pool_t *pool)
{
    list_t list = { base.sort, cors_names_edit(pool, base.names, edits.names),
                    ref_edit(base.list, edits.list,
                             base.sort->kind == CORS_HEADERS) };

    return list;
}

static void check_name(list_t list, const char *name)
{
    const apr_size_t len = strlen(name);

    must(!!cors_names_has(list.names, name, len)
         == ref_has(list.list, name, list.sort->covers), "has %s", name);
    if (!strchr(name, '*')) {
        must(!!cors_names_lists(list.names, name, len)
             == ref_lists(list.list, name, list.sort->covers), "lists %s",
             name);
    }
}

/* How many elements of an array are the same name. */
static int count_of(const apr_array_header_t *elements, const char *name,
                    cors_names_kind_t kind)
{
    int count = 0;
    int i;

    for (i = 0; i < elements->nelts; i++) {
        const char *element = APR_ARRAY_IDX(elements, i, char *);

        count += !(kind == CORS_METHODS ? strcmp(element, name)
                                        : strcasecmp(element, name));
    }
    return count;
}

/* The plain names are there, once each, and nothing else. */
static void check_joined(list_t list, apr_pool_t *pool)
{
    const char *joined = cors_names_joined(list.names);
    const apr_array_header_t *elements =
        ref_elements(joined ? joined : "", pool);
    int i;

    must(!joined || is_field_value(joined), "%s", joined);
    for (i = 0; i < list.list->nelts; i++) {
        const char *name = ENTRY(list.list, i).text;

        if (!strchr(name, '*')) {
            must(count_of(elements, name, list.sort->kind)
                 == ref_lists(list.list, name, list.sort->covers),
                 "%s: \"%s\"", SHOWN(joined), name);
        }
    }
    for (i = 0; i < elements->nelts; i++) {
        must(ref_lists(list.list, APR_ARRAY_IDX(elements, i, char *),
                       list.sort->covers), "%s", joined);
    }
}

/* Whether an entry of some kind is included or excluded. */
static int has_wildcard(list_t list, int is_all)
{
    int i;

    for (i = 0; i < list.list->nelts; i++) {
        const char *text = ENTRY(list.list, i).text;

        if (!ENTRY(list.list, i).exclude && strchr(text, '*')
            && (strcmp(text, "*") == 0) == is_all) {
            return 1;
        }
    }
    return 0;
}

static void check_list(list_t list, apr_pool_t *pool)
{
    const int all = has_wildcard(list, 1);
    const int prefixes = has_wildcard(list, 0);

    must(!!cors_names_has_all(list.names) == all, "has all");
    must(!!cors_names_has_prefixes(list.names) == prefixes, "has prefixes");
    must(!!cors_names_excludes(list.names)
         == ((all || prefixes) && ref_has_sign(list.list, 1)), "excludes");
    check_joined(list, pool);
}

/* What browsers show anyway, or never do (Fetch), or what ends at the next
 * hop. */
static int is_exposable(const char *name)
{
    static const char unexposed[] =
        " cache-control content-language content-length content-type expires "
        "last-modified pragma set-cookie set-cookie2 connection keep-alive "
        "proxy-authenticate proxy-connection te trailer transfer-encoding "
        "upgrade ";
    char word[64] = " ";
    size_t i;

    if (strlen(name) > sizeof(word) - 3) {
        return strncasecmp(name, "access-control-", 15) != 0;
    }
    for (i = 0; name[i]; i++) {
        word[i + 1] = (char)(name[i] >= 'A' && name[i] <= 'Z'
                             ? name[i] - 'A' + 'a' : name[i]);
    }
    word[i + 1] = ' ';
    word[i + 2] = '\0';
    return !strstr(unexposed, word) && strncmp(word, " access-control-", 16);
}

/* What is exposed is what is listed, and what the response has and the list
 * covers. */
static void check_exposed(list_t list, const apr_array_header_t *fields,
                          apr_pool_t *pool)
{
    static const char *const more[] = { "Date", NULL };
    apr_table_t *table = apr_table_make(pool, 4);
    const apr_table_t *tables[] = { table, NULL };
    const apr_array_header_t *elements;
    const char *exposed;
    int i;

    for (i = 0; i < fields->nelts; i++) {
        apr_table_addn(table, APR_ARRAY_IDX(fields, i, char *), "x");
    }
    exposed = cors_expose(list.names, tables, more, pool);
    must(!exposed || is_field_value(exposed), "%s", exposed);
    elements = ref_elements(exposed ? exposed : "", pool);
    for (i = 0; i < elements->nelts; i++) {
        const char *name = APR_ARRAY_IDX(elements, i, char *);

        must(ref_is_token(name), "%s", exposed);
        must(ref_has(list.list, name, list.sort->covers), "%s", exposed);
        must(count_of(elements, name, list.sort->kind) == 1, "%s", exposed);
    }
    for (i = 0; i < fields->nelts; i++) {
        const char *name = APR_ARRAY_IDX(fields, i, char *);
        const int want = ref_lists(list.list, name, list.sort->covers)
                         || (ref_has(list.list, name, list.sort->covers)
                             && is_exposable(name));

        must(count_of(elements, name, list.sort->kind) == want,
             "\"%s\": %s", name, SHOWN(exposed));
    }
}

void fuzz(input_t *input)
{
    const sort_t *sort = &sorts[(unsigned char)*need_line(input)
                                % COUNT(sorts)];
    apr_array_header_t *asked = apr_array_make(input->pool, 4, sizeof(char *));
    list_t list = make_list(sort, need_line(input), input->pool);
    char *line;
    int i;

    check_list(list, input->pool);
    while ((line = take_line(input)) != NULL && *line != '?') {
        list = edit(list, make_list(sort, line, input->pool), input->pool);
        check_list(list, input->pool);
    }
    for (; line; line = take_line(input)) {
        char *word;

        line += *line == '?';
        while ((word = take_word(&line)) != NULL) {
            if (ref_is_token(word)) {
                APR_ARRAY_PUSH(asked, char *) = word;
            }
        }
    }
    for (i = 0; i < asked->nelts; i++) {
        check_name(list, APR_ARRAY_IDX(asked, i, char *));
    }
    if (sort->kind == CORS_HEADERS) {
        check_exposed(list, asked, input->pool);
    }
}
