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
 * Lists of names against a reference that walks through their entries, and the
 * law that lets sections be merged in any order: editing is associative.
 */

#include <strings.h>

#include "../../src/core/cors_names.h"
#include "../../src/core/cors_token.h"

#include "lists.h"

#define ENTRIES_MAX 6

/* In lower case; lists have them in lower case and with a capital. */
static const char *const entries[] = {
    "*", "x-*", "x-a-*", "x-a", "x-b", "x-a-b", "authorization", "auth*", "y"
};

static const char *const probes[] = {
    "x-a", "X-B", "x-a-b", "X-A-", "x-c", "authorization", "AUTH", "y", "z",
    "x", "X-"
};

/* The reference: two lists of entries, bit n for entries[n]. */
typedef struct {
    unsigned int in, ex;
} reference_t;

static reference_t reference_edit(reference_t base, reference_t inner)
{
    reference_t result;

    result.in = (base.in & ~inner.ex) | inner.in;
    result.ex = (base.ex & ~inner.in) | inner.ex;
    return result;
}

static int is_wildcard(const char *entry)
{
    return entry[strlen(entry) - 1] == '*';
}

static int side_covers(unsigned int side, const char *name)
{
    unsigned int i;

    for (i = 0; i < COUNT(entries); i++) {
        const size_t len = strlen(entries[i]);

        if (side & 1u << i
            && (is_wildcard(entries[i])
                ? !strncasecmp(entries[i], name, len - 1)
                : !strcasecmp(entries[i], name))) {
            return 1;
        }
    }
    return 0;
}

static int reference_has(reference_t list, const char *name)
{
    return side_covers(list.in, name) && !side_covers(list.ex, name);
}

static int reference_lists(reference_t list, const char *name)
{
    unsigned int i;

    for (i = 0; i < COUNT(entries); i++) {
        if (list.in & 1u << i && !strcasecmp(entries[i], name)) {
            return reference_has(list, name);
        }
    }
    return 0;
}

/* One list, as text, as names and for the reference. */
typedef struct {
    const char *text;
    const cors_names_t *names;
    reference_t reference;
} list_t;

static list_t random_list(apr_pool_t *pool)
{
    list_t list = { "", NULL, { 0, 0 } };
    unsigned int n = roll(ENTRIES_MAX + 1);

    while (n--) {
        const unsigned int which = roll(COUNT(entries));
        const int exclude = roll(2) == 0;
        char *entry = apr_pstrdup(pool, entries[which]);

        if (roll(2) && *entry != '*') {
            *entry = (char)(*entry + 'A' - 'a');
        }
        list.text = apr_pstrcat(pool, list.text, exclude ? "-" : "+", entry,
                                " ", NULL);
        *(exclude ? &list.reference.ex : &list.reference.in) |= 1u << which;
    }
    list.names = make_names(CORS_HEADERS, list.text, pool);
    return list;
}

/* The first list edited by the second. */
static list_t edit(list_t base, list_t inner, apr_pool_t *pool)
{
    list_t list;

    list.text = apr_psprintf(pool, "(%s| %s) ", base.text, inner.text);
    list.names = cors_names_edit(pool, base.names, inner.names);
    list.reference = reference_edit(base.reference, inner.reference);
    return list;
}

/* Whether the plain names of a list are those of the reference, once each. */
static int joined_differs(list_t list)
{
    const char *joined = cors_names_joined(list.names);
    const char *rest = joined ? joined : "";
    unsigned int want = 0;
    unsigned int i;
    apr_size_t len;

    for (i = 0; i < COUNT(entries); i++) {
        if (!is_wildcard(entries[i])
            && reference_lists(list.reference, entries[i])) {
            want++;
            if (!joined
                || !cors_list_has(joined, entries[i], strlen(entries[i]))) {
                return 1;
            }
        }
    }
    for (i = 0; cors_list_next(&rest, &len); i++);
    return i != want;
}

/* What the list says and the reference does not, or NULL. */
static const char *differs(list_t list, apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(probes); i++) {
        const apr_size_t len = strlen(probes[i]);

        if (cors_names_has(list.names, probes[i], len)
            != reference_has(list.reference, probes[i])) {
            return apr_psprintf(pool, "%s: has %s", list.text, probes[i]);
        }
        if (cors_names_lists(list.names, probes[i], len)
            != reference_lists(list.reference, probes[i])) {
            return apr_psprintf(pool, "%s: lists %s", list.text, probes[i]);
        }
    }
    if (cors_names_has_all(list.names) != (int)(list.reference.in & 1)) {
        return apr_psprintf(pool, "%s: has_all", list.text);
    }
    return joined_differs(list) ? apr_psprintf(pool, "%s: joined \"%s\"",
                                               list.text,
                                               cors_names_joined(list.names))
                                : NULL;
}

static const char *one_list(apr_pool_t *pool)
{
    return differs(random_list(pool), pool);
}

static const char *edited_list(apr_pool_t *pool)
{
    const list_t base = random_list(pool);

    return differs(edit(base, random_list(pool), pool), pool);
}

/* Four lists in each of the five orders in which they can be merged: all say
 * what the first order says. */
static const char *any_order(apr_pool_t *pool)
{
    const list_t a = random_list(pool);
    const list_t b = random_list(pool);
    const list_t c = random_list(pool);
    const list_t d = random_list(pool);
    const list_t ab = edit(a, b, pool);
    const list_t bc = edit(b, c, pool);
    const list_t cd = edit(c, d, pool);
    list_t orders[] = {
        edit(edit(ab, c, pool), d, pool), edit(edit(a, bc, pool), d, pool),
        edit(ab, cd, pool), edit(a, edit(bc, d, pool), pool),
        edit(a, edit(b, cd, pool), pool)
    };
    unsigned int i;

    for (i = 0; i < COUNT(orders); i++) {
        const char *wrong;

        orders[i].reference = orders[0].reference;
        wrong = differs(orders[i], pool);
        if (wrong) {
            return wrong;
        }
    }
    return NULL;
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_property(one_list, "a list says what a walk through its entries "
                  "says", pool);
    test_property(edited_list, "an edited list says what the edited entries "
                  "say", pool);
    test_property(any_order, "edits of edits give the same list in whatever "
                  "order they are merged", pool);
    return tap_end(pool);
}
