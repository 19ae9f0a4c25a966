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

/* Sets of origins: what they cover, and what editing does to them. */

#include "../../src/core/cors_origin_set.h"

#include "lists.h"

#define LISTS_MAX 4

/* A set that is the first list edited by all that follow; NULL ends them. */
static const cors_origin_set_t *edited(const char *const *lists,
                                       apr_pool_t *pool)
{
    const cors_origin_set_t *set = make_origins(*lists, pool);

    for (lists++; *lists; lists++) {
        set = cors_origin_set_edit(pool, set, make_origins(*lists, pool));
    }
    return set;
}

static const char *joined(const char *const *lists, apr_pool_t *pool)
{
    const char *text = *lists;

    for (lists++; *lists; lists++) {
        text = apr_pstrcat(pool, text, " | ", *lists, NULL);
    }
    return text;
}

static int covers(const cors_origin_set_t *set, const char *text)
{
    cors_origin_t origin;

    return cors_origin_read(&origin, text)
           ? cors_origin_set_has(set, &origin) : -1;
}

static const struct {
    const char *list, *origin;
    int want;
} has[] = {
    { "", "https://a.example", 0 },
    { "", "null", 0 },
    /* The very origin. */
    { "https://a.example", "https://a.example", 1 },
    { "https://a.example:443", "https://a.example", 1 },
    { "https://A.Example", "https://a.example", 1 },
    { "https://a.example", "http://a.example", 0 },
    { "http://a.example", "https://a.example", 0 },
    { "https://a.example", "https://a.example:8443", 0 },
    { "https://a.example:8443", "https://a.example:8443", 1 },
    { "https://a.example:8443", "https://a.example", 0 },
    { "https://a.example:8443", "https://a.example:844", 0 },
    { "https://a.example", "https://a.example.com", 0 },
    { "https://a.example", "https://a.exampl", 0 },
    { "https://a.example", "https://x.a.example", 0 },
    { "https://a.example", "https://xa.example", 0 },
    { "https://a.example", "https://a.example.", 0 },
    { "https://a.example", "null", 0 },
    { "https://a.example https://b.example", "https://b.example", 1 },
    { "http://[0::1]:8080", "http://[::1]:8080", 1 },
    { "http://[0::1]:8080", "http://[::1]", 0 },
    { "capacitor://localhost", "capacitor://localhost", 1 },
    { "capacitor://localhost", "http://localhost", 0 },
    { "http://127.0.0.1", "http://127.0.0.1", 1 },
    /* Subdomains, never the apex. */
    { "https://*.example.com", "https://a.example.com", 1 },
    { "https://*.example.com", "https://a.b.example.com", 1 },
    { "https://*.example.com", "https://a.b.c.d.e.f.example.com", 1 },
    { "https://*.example.com", "https://example.com", 0 },
    { "https://*.example.com", "https://evilexample.com", 0 },
    { "https://*.example.com", "https://a.evilexample.com", 0 },
    { "https://*.example.com", "https://example.com.evil.com", 0 },
    { "https://*.example.com", "https://a.example.com.evil.com", 0 },
    { "https://*.example.com", "https://a.example.co", 0 },
    { "https://*.example.com", "https://com", 0 },
    { "https://*.example.com", "http://a.example.com", 0 },
    { "https://*.example.com", "https://a.example.com:8443", 0 },
    { "https://*.example.com", "https://a.example.com.", 0 },
    { "https://*.example.com.", "https://a.example.com.", 1 },
    { "https://*.example.com", "null", 0 },
    { "https://*.example.com:8443", "https://a.example.com:8443", 1 },
    { "https://*.example.com:8443", "https://a.b.example.com:8443", 1 },
    { "https://*.example.com:8443", "https://a.example.com", 0 },
    { "https://*.example.com:8443", "https://a.example.com:443", 0 },
    { "https://*.example.com:8443", "https://example.com:8443", 0 },
    { "https://*.com", "https://a.com", 1 },
    { "https://*.com", "https://com", 0 },
    { "https://*.localhost", "https://a.localhost", 1 },
    { "app://*.a", "app://b.a", 1 },
    { "https://*.b.c https://*.a.b.c", "https://a.b.c", 1 },
    { "https://*.a.b.c", "https://a.b.c", 0 },
    { "http://*.example.com", "http://[::1]", 0 },
    { "http://*.c0 http://[::1.2.3.4]", "http://[::102:304]", 1 },
    /* Any port. */
    { "http://localhost:*", "http://localhost", 1 },
    { "http://localhost:*", "http://localhost:1", 1 },
    { "http://localhost:*", "http://localhost:65535", 1 },
    { "http://localhost:*", "https://localhost:3000", 0 },
    { "http://localhost:*", "http://localhost.evil.com:3000", 0 },
    { "http://localhost:*", "http://a.localhost:3000", 0 },
    { "http://localhost:*", "http://localhos:3000", 0 },
    { "http://localhost:*", "null", 0 },
    { "http://[::1]:*", "http://[::1]:3000", 1 },
    { "http://[::1]:*", "http://[::1]", 1 },
    { "http://[::1]:*", "http://[::2]:3000", 0 },
    /* Both. */
    { "https://*.example.com:*", "https://a.example.com", 1 },
    { "https://*.example.com:*", "https://a.example.com:8443", 1 },
    { "https://*.example.com:*", "https://a.b.example.com:8443", 1 },
    { "https://*.example.com:*", "https://example.com", 0 },
    { "https://*.example.com:*", "https://example.com:8443", 0 },
    { "https://*.example.com:*", "https://evilexample.com:8443", 0 },
    { "https://*.example.com:*", "https://example.com.evil.com:8443", 0 },
    { "https://*.example.com:* https://*.b:1", "https://a.b:2", 0 },
    /* null and everything. */
    { "null", "null", 1 },
    { "null", "https://null", 0 },
    { "null", "https://a.example", 0 },
    { "*", "https://a.example:8443", 1 },
    { "*", "http://[::1]", 1 },
    { "*", "app://x", 1 },
    { "*", "null", 1 },
    /* Exclusions of each kind beat inclusions of each kind. */
    { "* -https://a.example", "https://a.example", 0 },
    { "-https://a.example *", "https://a.example", 0 },
    { "* -https://a.example", "https://b.example", 1 },
    { "* -https://a.example", "null", 1 },
    { "* -https://*.a.example", "https://b.a.example", 0 },
    { "* -https://*.a.example", "https://a.example", 1 },
    { "* -http://localhost:*", "http://localhost:3000", 0 },
    { "* -http://localhost:*", "http://localhost", 0 },
    { "* -http://localhost:*", "http://example.com:3000", 1 },
    { "* -https://*.a.example:*", "https://b.a.example:8443", 0 },
    { "* -https://*.a.example:*", "https://a.example:8443", 1 },
    { "* -null", "null", 0 },
    { "* -null", "https://a.example", 1 },
    { "* -~evil", "https://evil.example", 0 },
    { "* -~evil", "https://good.example", 1 },
    { "* -~null", "null", 1 },
    { "https://a.example -*", "https://a.example", 0 },
    { "null -*", "null", 0 },
    { "https://*.a.example -https://b.a.example", "https://b.a.example", 0 },
    { "https://*.a.example -https://b.a.example", "https://c.a.example", 1 },
    { "https://*.a.example -https://b.a.example", "https://x.b.a.example",
      1 },
    { "https://b.a.example -https://*.a.example", "https://b.a.example", 0 },
    { "https://a.example -https://a.example", "https://a.example", 0 },
    { "http://localhost:* -http://localhost:3000", "http://localhost:3000",
      0 },
    { "http://localhost:* -http://localhost:3000", "http://localhost:3001",
      1 },
    { "-https://a.example", "https://b.example", 0 },
    { "-*", "https://a.example", 0 },
    /* Matchers. */
    { "~good", "https://good.example", 1 },
    { "~good", "https://bad.example", 0 },
    { "~bad ~good", "https://good.example", 1 },
    { "~null", "null", 0 },
    { "~null null", "null", 1 },
    { "~good -https://good.example", "https://good.example", 0 },
    { "~good -~good", "https://good.example", 0 },
    { "~good https://a.example", "https://a.example", 1 }
};

static void test_has(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(has); i++) {
        is_int(covers(make_origins(has[i].list, pool), has[i].origin),
               has[i].want, "\"%s\" %s \"%s\"", has[i].list,
               has[i].want ? "covers" : "does not cover", has[i].origin);
    }
    is_int(matcher_null_calls, 0, "no matcher is ever asked about \"null\"");
}

/* A matcher is dear: it is asked only where no pattern answers. */
static void test_matcher_calls(apr_pool_t *pool)
{
    static const struct {
        const char *list, *origin;
        int want;
    } cases[] = {
        { "~good https://a.example", "https://a.example", 0 },
        { "~good https://*.a.example", "https://b.a.example", 0 },
        { "~good https://a.example:*", "https://a.example:8443", 0 },
        { "~good *", "https://a.example", 0 },
        { "~good -https://a.example", "https://a.example", 0 },
        { "~good null", "null", 0 },
        { "~good", "null", 0 },
        { "~a ~b", "https://a.example", 1 },
        { "~x ~y", "https://a.test", 2 }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        matcher_calls = 0;
        covers(make_origins(cases[i].list, pool), cases[i].origin);
        is_int(matcher_calls, cases[i].want,
               "\"%s\" asks %d matchers about \"%s\"", cases[i].list,
               cases[i].want, cases[i].origin);
    }
}

static const struct {
    const char *lists[LISTS_MAX];
    const char *origin;
    int want;
} edits[] = {
    { { "https://a.example", "+https://b.example" }, "https://a.example", 1 },
    { { "https://a.example", "+https://b.example" }, "https://b.example", 1 },
    { { "https://a.example", "+https://b.example" }, "https://c.example", 0 },
    { { "https://a.example https://b.example", "-https://a.example" },
      "https://a.example", 0 },
    { { "https://a.example https://b.example", "-https://a.example" },
      "https://b.example", 1 },
    { { "https://a.example", "-https://a.example +https://a.example" },
      "https://a.example", 0 },
    { { "https://*.a.example", "-https://b.a.example" },
      "https://b.a.example", 0 },
    { { "https://*.a.example", "-https://b.a.example" },
      "https://c.a.example", 1 },
    { { "*", "-https://a.example" }, "https://a.example", 0 },
    { { "* -https://a.example", "+https://a.example" },
      "https://a.example", 1 },
    { { "* -https://a.example", "+https://*.example" },
      "https://a.example", 0 },
    { { "* -null", "+null" }, "null", 1 },
    { { "null", "-null" }, "null", 0 },
    { { "* -*", "+*" }, "https://a.example", 1 },
    { { "*", "-*" }, "https://a.example", 0 },
    { { "*", "-* +https://a.example" }, "https://a.example", 0 },
    { { "* -~a", "+~a" }, "https://a.example", 1 },
    { { "* -~a", "+~b" }, "https://a.example", 0 },
    { { "~a", "-~a" }, "https://a.example", 0 },
    { { "https://*.a:*", "-https://*.a:*" }, "https://b.a:1", 0 },
    { { "", "+https://a.example" }, "https://a.example", 1 },
    { { "", "-https://a.example" }, "https://a.example", 0 },
    { { "https://a.example", "-https://a.example", "+https://a.example" },
      "https://a.example", 1 },
    { { "https://a.example", "+https://b.example", "-https://b.example" },
      "https://b.example", 0 },
    { { "https://a.example", "+https://b.example", "-https://a.example" },
      "https://b.example", 1 },
    { { "* -https://a.example", "+https://a.example",
        "-https://a.example" }, "https://a.example", 0 },
    { { "* -https://a.example", "+https://b.example",
        "+https://c.example" }, "https://a.example", 0 }
};

static void test_edit(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(edits); i++) {
        is_int(covers(edited(edits[i].lists, pool), edits[i].origin),
               edits[i].want, "\"%s\" %s \"%s\"",
               joined(edits[i].lists, pool),
               edits[i].want ? "covers" : "does not cover", edits[i].origin);
    }
}

/* The outer list is not touched by what an inner section makes of it. */
static void test_edit_leaves_base(apr_pool_t *pool)
{
    cors_origin_set_t *base = make_origins("* -https://a.example ~x", pool);
    cors_origin_set_t *inner = make_origins("+https://a.example +null -~x",
                                            pool);

    cors_origin_set_edit(pool, base, inner);
    is_int(covers(base, "https://a.example"), 0,
           "editing takes no exclusion from the outer set");
    is_int(covers(inner, "https://b.example"), 0,
           "nor does it add to the inner one");
    is_int(covers(base, "https://x.example"), 1,
           "nor does it exclude from the outer one");
}

static const struct {
    const char *lists[LISTS_MAX];
    int any, excludes, empty;
} predicates[] = {
    { { "" }, 0, 0, 1 },
    { { "https://a.example" }, 0, 0, 0 },
    { { "null" }, 0, 0, 0 },
    { { "~a" }, 0, 0, 0 },
    { { "*" }, 1, 0, 0 },
    { { "* https://a.example" }, 1, 0, 0 },
    { { "* -https://a.example" }, 1, 1, 0 },
    { { "* -null" }, 1, 1, 0 },
    { { "* -~a" }, 1, 1, 0 },
    { { "-https://a.example" }, 0, 1, 1 },
    { { "-~a" }, 0, 1, 1 },
    { { "-*" }, 0, 1, 1 },
    { { "* -*" }, 0, 1, 1 },
    { { "-* *" }, 0, 1, 1 },
    { { "https://a.example -https://a.example" }, 0, 1, 1 },
    { { "-https://a.example https://a.example" }, 0, 1, 1 },
    { { "~a -~a" }, 0, 1, 1 },
    { { "https://a.example -https://b.example" }, 0, 1, 0 },
    { { "https://a.example https://b.example -https://a.example" }, 0, 1,
      0 },
    { { "https://*.a" }, 0, 0, 0 },
    { { "https://a:*" }, 0, 0, 0 },
    { { "https://a.example", "+*" }, 1, 0, 0 },
    { { "*", "+https://a.example" }, 1, 0, 0 },
    { { "*", "-https://a.example" }, 1, 1, 0 },
    { { "* -https://a.example", "+https://a.example" }, 1, 0, 0 },
    { { "* -~a", "+~a" }, 1, 0, 0 },
    { { "* -null -~a", "+null" }, 1, 1, 0 },
    { { "", "+https://a.example" }, 0, 0, 0 },
    { { "", "-https://a.example" }, 0, 1, 1 },
    { { "https://a.example", "-https://a.example" }, 0, 1, 1 },
    { { "~a", "-~a" }, 0, 1, 1 },
    { { "*", "-*" }, 0, 1, 1 },
    { { "*", "-* +https://a.example" }, 0, 1, 0 },
    { { "https://a.example", "-https://a.example", "+https://a.example" },
      0, 0, 0 }
};

static void test_predicates(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(predicates); i++) {
        const cors_origin_set_t *set = edited(predicates[i].lists, pool);
        const char *text = joined(predicates[i].lists, pool);

        is_int(cors_origin_set_has_any(set), predicates[i].any,
               "\"%s\" has%s \"*\"", text, predicates[i].any ? "" : " no");
        is_int(cors_origin_set_excludes(set), predicates[i].excludes,
               "\"%s\" excludes %s", text,
               predicates[i].excludes ? "something" : "nothing");
        is_int(cors_origin_set_is_empty(set), predicates[i].empty,
               "\"%s\" includes %s", text,
               predicates[i].empty ? "nothing" : "something");
    }
}

/* Names with more dots than a word has bits. */
static void test_depth(apr_pool_t *pool)
{
    static const apr_size_t depths[] = { 0, 1, 31, 32, 62, 63, 64, 65, 120 };
    unsigned int i;

    for (i = 0; i < COUNT(depths); i++) {
        const char *apex = apr_pstrcat(pool, repeat("a.", depths[i], pool),
                                       "b", NULL);
        const cors_origin_set_t *set = make_origins(
            apr_psprintf(pool, "https://*.%s http://*.%s:*", apex, apex),
            pool);

        is_int(covers(set, apr_psprintf(pool, "https://x.%s", apex)), 1,
               "a name under one of %lu dots is found",
               (unsigned long)depths[i]);
        is_int(covers(set, apr_psprintf(pool, "https://x.y.z.%s", apex)), 1,
               "also three labels under it");
        is_int(covers(set, apr_psprintf(pool, "http://x.%s:81", apex)), 1,
               "also on any port");
        is_int(covers(set, apr_psprintf(pool, "https://%s", apex)), 0,
               "the name itself is not");
        is_int(covers(set, apr_psprintf(pool, "https://x%s", apex)), 0,
               "nor is one glued to it");
    }
}

/* The longest origins fit what they are looked up in. */
static void test_long(apr_pool_t *pool)
{
    static const char *const starts[] = { "https://", "a://" };
    unsigned int i;

    for (i = 0; i < COUNT(starts); i++) {
        const apr_size_t rest = 512 - strlen(starts[i]);
        const char *origin = apr_pstrcat(pool, starts[i],
                                         repeat("a.", rest / 2 - 4, pool),
                                         "bb:65535", NULL);
        const char *list = apr_psprintf(pool, "%s*.bb:* %s*.a.bb:1 "
                                        "%sx:* -%s*.cc:*", starts[i],
                                        starts[i], starts[i], starts[i]);

        is_int(covers(make_origins(list, pool), origin), 1,
               "patterns of every kind are tried on %lu bytes of \"%s\"",
               (unsigned long)strlen(origin), starts[i]);
    }
}

static int cannot_tell(const cors_matcher_t *matcher,
                       const cors_origin_t *origin)
{
    (void)matcher;
    (void)origin;
    return -1;
}

/* What cannot be found out is decided against the origin. */
static void test_doubt(apr_pool_t *pool)
{
    static const cors_matcher_t doubt = { "doubt", cannot_tell, NULL };
    cors_origin_set_t *set = cors_origin_set_make(pool);
    cors_origin_t origin;

    cors_origin_read(&origin, "https://a.example");
    cors_origin_set_add_matcher(set, &doubt, 0);
    ok(!cors_origin_set_has(set, &origin),
       "a matcher that cannot tell does not include");
    set = cors_origin_set_make(pool);
    cors_origin_set_add(set, "*", 0);
    ok(cors_origin_set_has(set, &origin), "* includes");
    cors_origin_set_add_matcher(set, &doubt, 1);
    ok(!cors_origin_set_has(set, &origin),
       "a matcher that cannot tell does exclude");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_has(pool);
    test_matcher_calls(pool);
    test_edit(pool);
    test_edit_leaves_base(pool);
    test_predicates(pool);
    test_depth(pool);
    test_long(pool);
    test_doubt(pool);
    return tap_end(pool);
}
