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

/* Lists of names: what they cover, what editing does to them, how the names of
 * a request are looked at and sent back.  expose.c has what is exposed. */

#include "../../src/core/cors_names.h"

#include "lists.h"

static const struct {
    cors_names_kind_t kind;
    const char *list, *name;
    int covers, lists;
} has[] = {
    /* Methods: as written. */
    { CORS_METHODS, "", "PUT", 0, 0 },
    { CORS_METHODS, "PUT", "PUT", 1, 1 },
    { CORS_METHODS, "PUT PATCH DELETE", "PATCH", 1, 1 },
    { CORS_METHODS, "PUT PATCH DELETE", "DELETE", 1, 1 },
    { CORS_METHODS, "PATCH", "patch", 0, 0 },
    { CORS_METHODS, "patch", "PATCH", 0, 0 },
    { CORS_METHODS, "patch", "patch", 1, 1 },
    { CORS_METHODS, "PATCH patch", "Patch", 0, 0 },
    { CORS_METHODS, "PUT", "PU", 0, 0 },
    { CORS_METHODS, "PUT", "PUTS", 0, 0 },
    { CORS_METHODS, "PUT", "POT", 0, 0 },
    { CORS_METHODS, "*", "PUT", 1, 0 },
    { CORS_METHODS, "*", "*", 1, 0 },
    { CORS_METHODS, "* PUT", "PUT", 1, 1 },
    { CORS_METHODS, "* -PUT", "PUT", 0, 0 },
    { CORS_METHODS, "* -PUT", "put", 1, 0 },
    { CORS_METHODS, "* -PUT", "PATCH", 1, 0 },
    { CORS_METHODS, "PUT -PUT", "PUT", 0, 0 },
    { CORS_METHODS, "-PUT PUT", "PUT", 0, 0 },
    { CORS_METHODS, "PUT -*", "PUT", 0, 0 },
    { CORS_METHODS, "P*", "PUT", 0, 0 },
    { CORS_METHODS, "-PUT", "PATCH", 0, 0 },
    /* Headers: in any case, and prefixes. */
    { CORS_HEADERS, "", "X-A", 0, 0 },
    { CORS_HEADERS, "X-A", "X-A", 1, 1 },
    { CORS_HEADERS, "X-A", "x-a", 1, 1 },
    { CORS_HEADERS, "x-a", "X-A", 1, 1 },
    { CORS_HEADERS, "X-A", "X-B", 0, 0 },
    { CORS_HEADERS, "X-A", "X-", 0, 0 },
    { CORS_HEADERS, "X-A", "X-AB", 0, 0 },
    { CORS_HEADERS, "X-A", "X_A", 0, 0 },
    { CORS_HEADERS, "Content-Type X-A ETag X-B", "x-b", 1, 1 },
    { CORS_HEADERS, "Content-Type X-A ETag X-B", "etag", 1, 1 },
    { CORS_HEADERS, "Content-Type X-A ETag X-B", "content-type", 1, 1 },
    { CORS_HEADERS, "X-Rate-*", "x-rate-limit", 1, 0 },
    { CORS_HEADERS, "x-rate-*", "X-RATE-LIMIT", 1, 0 },
    { CORS_HEADERS, "X-Rate-*", "X-Rate-", 1, 0 },
    { CORS_HEADERS, "X-Rate-*", "X-Rate", 0, 0 },
    { CORS_HEADERS, "X-Rate-*", "Y-X-Rate-Limit", 0, 0 },
    { CORS_HEADERS, "X-A-* X-B-*", "X-B-C", 1, 0 },
    { CORS_HEADERS, "X-A-* X-A-B", "X-A-B", 1, 1 },
    { CORS_HEADERS, "*", "X-A", 1, 0 },
    { CORS_HEADERS, "* X-A", "x-a", 1, 1 },
    { CORS_HEADERS, "* -X-A", "x-a", 0, 0 },
    { CORS_HEADERS, "* -x-a", "X-A", 0, 0 },
    { CORS_HEADERS, "* -X-A", "X-B", 1, 0 },
    { CORS_HEADERS, "* -X-*", "X-A", 0, 0 },
    { CORS_HEADERS, "* -X-*", "Y-A", 1, 0 },
    { CORS_HEADERS, "X-* -X-A", "X-A", 0, 0 },
    { CORS_HEADERS, "X-* -X-A", "X-AB", 1, 0 },
    { CORS_HEADERS, "X-* -X-A-*", "X-A-B", 0, 0 },
    { CORS_HEADERS, "X-A -X-*", "X-A", 0, 0 },
    { CORS_HEADERS, "X-A -X-A", "X-A", 0, 0 },
    { CORS_HEADERS, "X-A -*", "X-A", 0, 0 },
    { CORS_HEADERS, "* X-A -X-A", "X-A", 0, 0 },
    { CORS_HEADERS, "* X-A -X-*", "X-A", 0, 0 },
    { CORS_HEADERS, "-X-A", "X-B", 0, 0 }
};

static void test_has(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(has); i++) {
        const cors_names_t *names = make_names(has[i].kind, has[i].list,
                                               pool);
        const char *kind = has[i].kind == CORS_METHODS ? "methods"
                                                       : "headers";
        const apr_size_t len = strlen(has[i].name);

        is_int(cors_names_has(names, has[i].name, len), has[i].covers,
               "%s \"%s\" %s \"%s\"", kind, has[i].list,
               has[i].covers ? "cover" : "do not cover", has[i].name);
        is_int(cors_names_lists(names, has[i].name, len), has[i].lists,
               "%s \"%s\" %s \"%s\" by name", kind, has[i].list,
               has[i].lists ? "list" : "do not list", has[i].name);
    }
    ok(cors_names_has(make_names(CORS_HEADERS, "X-A", pool), "X-AB", 3),
       "only len bytes of the name count");
}

static const struct {
    cors_names_kind_t kind;
    const char *list, *joined;
    int all, prefixes;
    int excludes;           /* -1: only asked of lists with a wildcard */
} facts[] = {
    { CORS_HEADERS, "", NULL, 0, 0, 0 },
    { CORS_HEADERS, "X-A", "X-A", 0, 0, 0 },
    { CORS_HEADERS, "X-B x-a X-Longer", "X-B, x-a, X-Longer", 0, 0, 0 },
    { CORS_HEADERS, "X-A x-a X-A", "X-A", 0, 0, 0 },
    { CORS_HEADERS, "*", NULL, 1, 0, 0 },
    { CORS_HEADERS, "* X-A", "X-A", 1, 0, 0 },
    { CORS_HEADERS, "X-*", NULL, 0, 1, 0 },
    { CORS_HEADERS, "X-* Y", "Y", 0, 1, 0 },
    { CORS_HEADERS, "X-* *", NULL, 1, 1, 0 },
    { CORS_HEADERS, "* -X-A", NULL, 1, 0, 1 },
    { CORS_HEADERS, "X-* -X-A", NULL, 0, 1, 1 },
    { CORS_HEADERS, "* -X-*", NULL, 1, 0, 1 },
    { CORS_HEADERS, "* X-A Y -X-*", "Y", 1, 0, 1 },
    { CORS_HEADERS, "X-A X-B -x-a", "X-B", 0, 0, -1 },
    { CORS_HEADERS, "X-A Y -X-*", "Y", 0, 0, -1 },
    { CORS_HEADERS, "X-A -X-A", NULL, 0, 0, -1 },
    { CORS_HEADERS, "X-A Y -*", NULL, 0, 0, -1 },
    { CORS_HEADERS, "-X-A", NULL, 0, 0, -1 },
    { CORS_METHODS, "PUT patch PATCH", "PUT, patch, PATCH", 0, 0, 0 },
    { CORS_METHODS, "PUT PUT", "PUT", 0, 0, 0 },
    { CORS_METHODS, "PUT PATCH -PUT", "PATCH", 0, 0, -1 },
    { CORS_METHODS, "PUT PATCH -put", "PUT, PATCH", 0, 0, -1 },
    { CORS_METHODS, "*", NULL, 1, 0, 0 },
    { CORS_METHODS, "* -PUT", NULL, 1, 0, 1 }
};

static void test_facts(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(facts); i++) {
        const char *list = facts[i].list;
        const cors_names_t *names = make_names(facts[i].kind, list, pool);

        is_str(cors_names_joined(names), facts[i].joined,
               "\"%s\" has these plain names, in the order they were written",
               list);
        is_int(cors_names_has_all(names), facts[i].all, "\"%s\" has%s \"*\"",
               list, facts[i].all ? "" : " no");
        is_int(cors_names_has_prefixes(names), facts[i].prefixes,
               "\"%s\" has %s", list,
               facts[i].prefixes ? "prefixes" : "no prefix");
        if (facts[i].excludes >= 0) {
            is_int(cors_names_excludes(names), facts[i].excludes,
                   "\"%s\" excludes %s", list,
                   facts[i].excludes ? "something" : "nothing");
        }
    }
}

static const struct {
    cors_names_kind_t kind;
    const char *base, *inner, *joined;
    int all;
    int excludes;           /* -1: as above */
} edits[] = {
    { CORS_HEADERS, "X-A", "+X-B", "X-A, X-B", 0, 0 },
    { CORS_HEADERS, "X-A X-B", "-X-A", "X-B", 0, -1 },
    { CORS_HEADERS, "X-A X-B", "-x-a", "X-B", 0, -1 },
    { CORS_HEADERS, "X-A X-B", "+X-C -X-A", "X-B, X-C", 0, -1 },
    { CORS_HEADERS, "X-A", "+x-a", "X-A", 0, 0 },
    { CORS_HEADERS, "X-A", "-X-A", NULL, 0, -1 },
    { CORS_HEADERS, "X-A -X-B", "+X-B", "X-A, X-B", 0, 0 },
    { CORS_HEADERS, "X-A -X-B", "+x-b", "X-A, x-b", 0, 0 },
    { CORS_HEADERS, "X-A", "-X-*", NULL, 0, -1 },
    { CORS_HEADERS, "* -X-A", "+X-A", "X-A", 1, 0 },
    { CORS_HEADERS, "* -X-A", "+X-B", "X-B", 1, 1 },
    { CORS_HEADERS, "* -X-A", "+X-*", NULL, 1, 1 },
    { CORS_HEADERS, "* -X-*", "+X-*", NULL, 1, 0 },
    { CORS_HEADERS, "* -X-*", "+x-*", NULL, 1, 0 },
    { CORS_HEADERS, "* X-A", "-*", NULL, 0, -1 },
    { CORS_HEADERS, "X-A", "+* -X-B", "X-A", 1, 1 },
    { CORS_HEADERS, "", "+X-A", "X-A", 0, 0 },
    { CORS_HEADERS, "X-A", "", "X-A", 0, 0 },
    { CORS_METHODS, "PUT PATCH", "-PATCH", "PUT", 0, -1 },
    { CORS_METHODS, "PUT PATCH", "-patch", "PUT, PATCH", 0, -1 },
    { CORS_METHODS, "PUT", "+put", "PUT, put", 0, 0 },
    { CORS_METHODS, "* -PUT", "+put", "put", 1, 1 },
    { CORS_METHODS, "* -PUT", "+PUT", "PUT", 1, 0 }
};

static void test_edit(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(edits); i++) {
        const cors_names_t *base = make_names(edits[i].kind, edits[i].base,
                                              pool);
        const char *before = cors_names_joined(base);
        const cors_names_t *names = cors_names_edit(
            pool, base, make_names(edits[i].kind, edits[i].inner, pool));
        const char *text = apr_psprintf(pool, "\"%s\" edited by \"%s\"",
                                        edits[i].base, edits[i].inner);

        is_str(cors_names_joined(names), edits[i].joined,
               "%s has these plain names", text);
        is_int(cors_names_has_all(names), edits[i].all, "%s has%s \"*\"",
               text, edits[i].all ? "" : " no");
        if (edits[i].excludes >= 0) {
            is_int(cors_names_excludes(names), edits[i].excludes,
                   "%s excludes %s", text,
                   edits[i].excludes ? "something" : "nothing");
        }
        is_str(cors_names_joined(base), before, "%s stays as it was", text);
    }
}

static const struct {
    const char *list;       /* NULL: none */
    const char *field;
    cors_scan_t want;
    const char *culprit;    /* where the scan stops; NULL if it does not */
} scans[] = {
    { NULL, "", CORS_SCAN_COVERED, NULL },
    { NULL, " , ,\t, ", CORS_SCAN_COVERED, NULL },
    { NULL, "x-a", CORS_SCAN_UNCOVERED, "x-a" },
    { "", "x-a", CORS_SCAN_UNCOVERED, "x-a" },
    { "X-A", "x-a", CORS_SCAN_COVERED, NULL },
    { "X-A", "X-A", CORS_SCAN_COVERED, NULL },
    { "X-A X-B", "x-a,x-b", CORS_SCAN_COVERED, NULL },
    { "X-A X-B", "x-b,x-a", CORS_SCAN_COVERED, NULL },
    { "X-A X-B", "x-b, x-a, x-b", CORS_SCAN_COVERED, NULL },
    { "X-A X-B", " x-a\t,\t x-b ", CORS_SCAN_COVERED, NULL },
    { "X-A X-B", ",x-a,,x-b,", CORS_SCAN_COVERED, NULL },
    { "X-A X-B", ", ,x-a, \t,x-b, ,", CORS_SCAN_COVERED, NULL },
    { "X-A", "", CORS_SCAN_COVERED, NULL },
    { "X-A", " \t ", CORS_SCAN_COVERED, NULL },
    { "X-A", "x-a,x-b", CORS_SCAN_UNCOVERED, "x-b" },
    { "X-A", "x-b,x-a", CORS_SCAN_UNCOVERED, "x-b" },
    { "X-A", "x-a, \tx-b , x-c", CORS_SCAN_UNCOVERED, "x-b" },
    { "X-A", "x-ab", CORS_SCAN_UNCOVERED, "x-ab" },
    { "X-AB", "x-a", CORS_SCAN_UNCOVERED, "x-a" },
    { "X-Rate-*", "x-rate-a,x-rate-b", CORS_SCAN_COVERED, NULL },
    { "X-Rate-*", "x-rate-a,x-rat", CORS_SCAN_UNCOVERED, "x-rat" },
    { "*", "x-a,content-type", CORS_SCAN_COVERED, NULL },
    { "* -X-B", "x-a,X-b", CORS_SCAN_UNCOVERED, "X-b" },
    /* Authorization has to be listed by name. */
    { "*", "authorization", CORS_SCAN_UNCOVERED, "authorization" },
    { "*", "x-a, Authorization", CORS_SCAN_UNCOVERED, "Authorization" },
    { "*", "AUTHORIZATION", CORS_SCAN_UNCOVERED, "AUTHORIZATION" },
    { "* Authorization", "authorization", CORS_SCAN_COVERED, NULL },
    { "* authorization", "Authorization", CORS_SCAN_COVERED, NULL },
    { "Authorization", "authorization", CORS_SCAN_COVERED, NULL },
    { "Auth*", "authorization", CORS_SCAN_UNCOVERED, "authorization" },
    { "Auth* Authorization", "authorization", CORS_SCAN_COVERED, NULL },
    { "* Authorization -Authorization", "authorization",
      CORS_SCAN_UNCOVERED, "authorization" },
    { "*", "authorizatiom", CORS_SCAN_COVERED, NULL },
    { "*", "proxy-authorization", CORS_SCAN_COVERED, NULL },
    /* What is no token is malformed, whatever the list says. */
    { "*", "x a", CORS_SCAN_MALFORMED, "x" },
    { "*", "x-a x-b,x-c", CORS_SCAN_MALFORMED, "x-a" },
    { "*", "x-a;q=1", CORS_SCAN_MALFORMED, "x-a" },
    { "*", "x-a:", CORS_SCAN_MALFORMED, "x-a" },
    { "*", "x-a, ;", CORS_SCAN_MALFORMED, "" },
    { "*", "\"x-a\"", CORS_SCAN_MALFORMED, "" },
    { "*", "x-a,(x-b)", CORS_SCAN_MALFORMED, "" },
    { "*", "x-a\r\nx-b", CORS_SCAN_MALFORMED, "x-a" },
    { "*", "x-a\x0b,x-b", CORS_SCAN_MALFORMED, "x-a" },
    { "*", "x-\x01", CORS_SCAN_MALFORMED, "x-" },
    { "*", "x-\x7f", CORS_SCAN_MALFORMED, "x-" },
    { "*", "x-\xc3\xa9", CORS_SCAN_MALFORMED, "x-" },
    { "*", "\xff", CORS_SCAN_MALFORMED, "" },
    { "*", "x-a/", CORS_SCAN_MALFORMED, "x-a" },
    { "*", "x@y", CORS_SCAN_MALFORMED, "x" },
    { "*", "[x]", CORS_SCAN_MALFORMED, "" },
    { "*", "{x}", CORS_SCAN_MALFORMED, "" },
    { "*", "x=y", CORS_SCAN_MALFORMED, "x" },
    { "*", "x\\y", CORS_SCAN_MALFORMED, "x" },
    { NULL, "x y", CORS_SCAN_MALFORMED, "x" },
    { "X-A", "x-a, x b", CORS_SCAN_MALFORMED, "x" },
    { "X-A", "x-b, x c", CORS_SCAN_UNCOVERED, "x-b" },
    { "*", "!#$%&'*+-.^_`|~", CORS_SCAN_COVERED, NULL },
    { "X-A", "*", CORS_SCAN_UNCOVERED, "*" },
    { "*", "*", CORS_SCAN_COVERED, NULL }
};

static void check_scan(const char *list, const char *field, cors_scan_t want,
                       const char *want_culprit, const char *what,
                       apr_pool_t *pool)
{
    static const char *const words[] = { "covered", "not covered",
                                         "malformed" };
    const char *culprit = NULL;
    apr_size_t len = 0;

    is_int(cors_names_scan(make_names(CORS_HEADERS, list, pool), field,
                           &culprit, &len), want,
           "%s under \"%s\": %s", what, list ? list : "(none)", words[want]);
    if (want_culprit) {
        is_str(apr_pstrmemdup(pool, culprit ? culprit : "?", len),
               want_culprit, "%s under \"%s\": this is why", what,
               list ? list : "(none)");
        ok(culprit >= field && culprit <= field + strlen(field),
           "%s under \"%s\": the reason is not copied", what,
           list ? list : "(none)");
    }
    else if (want == CORS_SCAN_COVERED) {
        is_int((int)len, 0, "%s: there is no culprit", what);
    }
}

static void test_scan(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(scans); i++) {
        check_scan(scans[i].list, scans[i].field, scans[i].want,
                   scans[i].culprit,
                   apr_psprintf(pool, "\"%s\"", scans[i].field), pool);
    }
}

/* 256 elements are looked at, the empty ones included, and no more. */
static void test_scan_bounds(apr_pool_t *pool)
{
    const struct {
        const char *what, *field;
        cors_scan_t want;
        const char *culprit;
    } cases[] = {
        { "255 names", apr_pstrcat(pool, repeat("a,", 254, pool), "a", NULL),
          CORS_SCAN_COVERED, NULL },
        { "256 names", apr_pstrcat(pool, repeat("a,", 255, pool), "a", NULL),
          CORS_SCAN_COVERED, NULL },
        { "256 names and a comma", repeat("a,", 256, pool),
          CORS_SCAN_COVERED, NULL },
        { "257 names", apr_pstrcat(pool, repeat("a,", 256, pool), "b", NULL),
          CORS_SCAN_MALFORMED, "b" },
        { "256 names apart",
          apr_pstrcat(pool, repeat("a , ", 255, pool), "a", NULL),
          CORS_SCAN_COVERED, NULL },
        { "256 commas", repeat(",", 256, pool), CORS_SCAN_COVERED, NULL },
        { "257 commas", repeat(",", 257, pool), CORS_SCAN_MALFORMED, "" },
        { "8 KB of commas", repeat(",", 8192, pool), CORS_SCAN_MALFORMED,
          "" },
        { "8 KB of one-letter names", repeat("a,", 4096, pool),
          CORS_SCAN_MALFORMED, "a" },
        { "8 KB of white space", repeat(" ", 8192, pool), CORS_SCAN_COVERED,
          NULL },
        { "one name of 8 KB", repeat("a", 8192, pool), CORS_SCAN_COVERED,
          NULL },
        { "8 KB of bytes over 127", repeat("\xe9", 8192, pool),
          CORS_SCAN_MALFORMED, "" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        check_scan("*", cases[i].field, cases[i].want, cases[i].culprit,
                   cases[i].what, pool);
    }
    check_scan("X-A", cases[10].field, CORS_SCAN_UNCOVERED, cases[10].field,
               "one name of 8 KB", pool);
    check_scan("A*", cases[10].field, CORS_SCAN_COVERED, NULL,
               "one name of 8 KB", pool);
}

static void test_requested(apr_pool_t *pool)
{
    const struct {
        const char *field, *want;
    } cases[] = {
        { "", NULL },
        { " ", NULL },
        { ",, ,", NULL },
        { "x-a", "x-a" },
        { "X-A", "x-a" },
        { "X-A,X-b", "x-a, x-b" },
        { " X-A\t, X-B ,", "x-a, x-b" },
        { ",,a,,b,,", "a, b" },
        { "x-b,x-a,x-b", "x-b, x-a, x-b" },
        { "!#$%&'*+-.^_`|~09AZ", "!#$%&'*+-.^_`|~09az" },
        { repeat("A,", 256, pool),
          apr_pstrcat(pool, repeat("a, ", 255, pool), "a", NULL) },
        { repeat("A", 8192, pool), repeat("a", 8192, pool) }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        is_str(cors_names_requested(cases[i].field, pool), cases[i].want,
               "\"%.40s\" is sent back in lower case", cases[i].field);
    }
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_has(pool);
    test_facts(pool);
    test_edit(pool);
    test_scan(pool);
    test_scan_bounds(pool);
    test_requested(pool);
    return tap_end(pool);
}
