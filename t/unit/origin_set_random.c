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
 * Sets of origins against a reference that walks through their entries, and
 * the law that lets sections be merged in any order: editing is associative.
 */

#include "../../src/core/cors_origin_set.h"

#include "lists.h"

#define ENTRIES_MAX 6

/* Canonical, so that the reference can compare bytes. */
static const char *const patterns[] = {
    "*", "null", "https://a.example", "https://b.a.example",
    "https://a.example:8443", "https://*.a.example", "https://*.b.a.example",
    "https://*.example", "https://*.a.example:8443", "https://*.a.example:*",
    "https://a.example:*", "https://b.a.example:*", "http://a.example",
    "http://*.a.example", "http://[::1]", "http://[::1]:*", "app://a",
    "app://*.a", "https://*.example:*", "~b.a", "~8443", "~http:"
};

static const char *const probes[] = {
    "null", "https://a.example", "https://a.example:443",
    "https://a.example:8443", "https://b.a.example",
    "https://b.a.example:8443", "https://b.a.example:1",
    "https://c.b.a.example", "https://c.b.a.example:8443",
    "https://ba.example", "https://a.example.evil", "https://example",
    "https://example:1", "https://x.example", "https://a.example.",
    "http://a.example", "http://b.a.example", "http://[::1]",
    "http://[::1]:81", "http://[::2]", "app://a", "app://b.a", "app://a:1"
};

/*
 * The reference: two lists of entries, and editing as design.md words it.
 */

typedef struct {
    unsigned int in, ex;    /* bit n: patterns[n] */
} reference_t;

static reference_t reference_edit(reference_t base, reference_t inner)
{
    reference_t result;

    result.in = (base.in & ~inner.ex) | inner.in;
    result.ex = (base.ex & ~inner.in) | inner.ex;
    return result;
}

/* Where the port begins, or the end. */
static const char *port_of(const char *host)
{
    const char *from = *host == '[' ? strchr(host, ']') : host;

    return from + strcspn(from, ":");
}

static int pattern_covers(const char *pattern, const char *origin)
{
    const char *want = strstr(pattern, "://");
    const char *got = strstr(origin, "://");
    size_t want_len, got_len;

    if (!strcmp(pattern, "*") || !strcmp(pattern, origin)) {
        return 1;
    }
    if (*pattern == '~') {
        return got && strstr(origin, pattern + 1);
    }
    if (!want || !got || want - pattern != got - origin
        || strncmp(pattern, origin, (size_t)(want - pattern))) {
        return 0;
    }
    want += 3;
    got += 3;
    if (strcmp(port_of(want), ":*") && strcmp(port_of(want), port_of(got))) {
        return 0;
    }
    got_len = (size_t)(port_of(got) - got);
    want_len = (size_t)(port_of(want) - want);
    if (*want != '*') {
        return got_len == want_len && !strncmp(got, want, got_len);
    }
    return got_len > want_len - 1
           && !strncmp(got + got_len - (want_len - 1), want + 1,
                       want_len - 1);
}

static int side_covers(unsigned int side, const char *origin)
{
    unsigned int i;

    for (i = 0; i < COUNT(patterns); i++) {
        if (side & 1u << i && pattern_covers(patterns[i], origin)) {
            return 1;
        }
    }
    return 0;
}

static int reference_has(reference_t list, const char *origin)
{
    return side_covers(list.in, origin) && !side_covers(list.ex, origin);
}

/*
 * One list, as text, as a set and for the reference.
 */

typedef struct {
    const char *text;
    const cors_origin_set_t *set;
    reference_t reference;
} list_t;

static list_t random_list(apr_pool_t *pool)
{
    list_t list = { "", NULL, { 0, 0 } };
    unsigned int n = roll(ENTRIES_MAX + 1);

    while (n--) {
        const unsigned int which = roll(COUNT(patterns));
        const int exclude = roll(2) == 0;

        list.text = apr_pstrcat(pool, list.text, exclude ? "-" : "+",
                                patterns[which], " ", NULL);
        *(exclude ? &list.reference.ex : &list.reference.in) |= 1u << which;
    }
    list.set = make_origins(list.text, pool);
    return list;
}

/* The first list edited by the second. */
static list_t edit(list_t base, list_t inner, apr_pool_t *pool)
{
    list_t list;

    list.text = apr_psprintf(pool, "(%s| %s) ", base.text, inner.text);
    list.set = cors_origin_set_edit(pool, base.set, inner.set);
    list.reference = reference_edit(base.reference, inner.reference);
    return list;
}

static int covers(const cors_origin_set_t *set, const char *text)
{
    cors_origin_t origin;

    return cors_origin_read(&origin, text)
           && cors_origin_set_has(set, &origin);
}

/* What the set says of an origin and the reference does not, or NULL. */
static const char *differs(list_t list, apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(probes); i++) {
        if (covers(list.set, probes[i])
            != reference_has(list.reference, probes[i])) {
            return apr_psprintf(pool, "%s: %s", list.text, probes[i]);
        }
    }
    return NULL;
}

/* Which predicate of the set is not that of the reference, or NULL.  An entry
 * that is excluded itself counts as none. */
static const char *predicate_differs(list_t list, apr_pool_t *pool)
{
    const unsigned int in = list.reference.in & ~list.reference.ex;
    const char *what =
        cors_origin_set_has_any(list.set) != (int)(in & 1) ? "has_any"
        : cors_origin_set_excludes(list.set) != !!list.reference.ex
        ? "excludes"
        : cors_origin_set_is_empty(list.set) != !in ? "is_empty" : NULL;

    return what ? apr_psprintf(pool, "%s: %s", list.text, what) : NULL;
}

static const char *one_list(apr_pool_t *pool)
{
    return differs(random_list(pool), pool);
}

static const char *one_list_predicates(apr_pool_t *pool)
{
    return predicate_differs(random_list(pool), pool);
}

static const char *edited_list(apr_pool_t *pool)
{
    const list_t base = random_list(pool);

    return differs(edit(base, random_list(pool), pool), pool);
}

/* Three lists in both orders. */
static const char *edited_list_predicates(apr_pool_t *pool)
{
    const list_t a = random_list(pool);
    const list_t b = random_list(pool);
    const list_t c = random_list(pool);
    const char *wrong = predicate_differs(edit(edit(a, b, pool), c, pool),
                                          pool);

    return wrong ? wrong
           : predicate_differs(edit(a, edit(b, c, pool), pool), pool);
}

/* Four lists in each of the five orders in which they can be merged. */
static const char *any_order(apr_pool_t *pool)
{
    const list_t a = random_list(pool);
    const list_t b = random_list(pool);
    const list_t c = random_list(pool);
    const list_t d = random_list(pool);
    const list_t ab = edit(a, b, pool);
    const list_t bc = edit(b, c, pool);
    const list_t cd = edit(c, d, pool);
    const list_t orders[] = {
        edit(edit(ab, c, pool), d, pool), edit(edit(a, bc, pool), d, pool),
        edit(ab, cd, pool), edit(a, edit(bc, d, pool), pool),
        edit(a, edit(b, cd, pool), pool)
    };
    unsigned int i, j;

    for (i = 0; i < COUNT(orders); i++) {
        const char *wrong = differs(orders[i], pool);

        for (j = 0; j < COUNT(probes) && !wrong; j++) {
            if (covers(orders[i].set, probes[j])
                != covers(orders[0].set, probes[j])) {
                wrong = apr_psprintf(pool, "%s: %s", orders[i].text,
                                     probes[j]);
            }
        }
        if (wrong) {
            return wrong;
        }
    }
    return NULL;
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_property(one_list, "a set covers what a walk through its entries "
                  "covers", pool);
    test_property(edited_list, "an edited set covers what the edited list "
                  "covers", pool);
    test_property(any_order, "edits of edits give the same set in whatever "
                  "order they are merged", pool);
    test_property(one_list_predicates, "a set is empty, has \"*\", excludes "
                  "as its list does", pool);
    test_property(edited_list_predicates, "an edited set is empty, has "
                  "\"*\", excludes as the edited list does", pool);
    return tap_end(pool);
}
