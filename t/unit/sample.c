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

/* What samples are made of expressions. */

#include "../../src/core/cors_sample.h"

#include "tap.h"

#define LEAST CORS_SAMPLE_LEAST
#define GROUPS CORS_SAMPLE_GROUPS
#define MOST CORS_SAMPLE_MOST

/* The kinds of the bytes: "=" fixed, "." a dot that is meant, "~" free. */
static const char *kinds(const cors_sample_t *sample)
{
    static char text[CORS_ORIGIN_MAX + 1];
    apr_size_t i;

    for (i = 0; i < sample->len; i++) {
        text[i] = "=.~"[sample->kind[i]];
    }
    text[i] = '\0';
    return text;
}

static void test_samples(void)
{
    static const struct {
        const char *expression;
        unsigned int alternative;
        cors_sample_extent_t extent;
        const char *text, *kinds;
    } cases[] = {
        { "", 0, MOST, "", "" },
        { "https://a", 0, LEAST, "https://a", "=========" },
        { "App", 0, LEAST, "app", "===" },
        { "^a$", 0, LEAST, "a", "=" },
        { "\\Aa\\z", 0, LEAST, "a", "=" },

        /* Dots, and wildcards. */
        { "a.b", 0, LEAST, "a.b", "=.=" },
        { "a\\.b", 0, LEAST, "a.b", "===" },
        { "a.?b", 0, LEAST, "ab", "==" },
        { "a.?b", 0, MOST, "a.b", "=.=" },
        { "a.*b", 0, LEAST, "aab", "=~=" },
        { "a.+?b", 0, LEAST, "aab", "=~=" },
        { "a(.)*b", 0, MOST, "aab", "=~=" },
        { "a.{3}b", 0, LEAST, "aaaab", "=~~~=" },
        { "a:.*", 0, LEAST, "a:1", "==~" },

        /* Escapes. */
        { "\\d\\w\\W\\S\\N", 0, LEAST, "1a-aa", "~~~~~" },
        { "\\/\\-\\:", 0, LEAST, "/-:", "===" },
        { "\\p{Ll}b\\PZ", 0, LEAST, "abaz", "~=~=" },
        { "\\Qa.b\\Ec.", 0, LEAST, "a.bc.", "====." },
        { "\\Qa.b", 0, LEAST, "a.b", "===" },
        { "a\\b\\1\\s\\tb", 0, LEAST, "ab", "==" },
        { "a\\", 0, LEAST, "a", "=" },

        /* Classes. */
        { "[a-z][0-9][b-f]", 0, LEAST, "a1b", "~~~" },
        { "[x][.][]][)]", 0, LEAST, "x.])", "====" },
        { "[.-]", 0, LEAST, "-", "=" },
        { "[Ee]", 0, LEAST, "e", "=" },
        { "[^.][^a-z][^a-z\\d]", 0, LEAST, "a1-", "~~~" },
        { "[^]]x", 0, LEAST, "ax", "~=" },
        { "[\\d-][\\w.][\\s\\S]", 0, LEAST, "1aa", "~~~" },
        { "[[:alpha:]_][[:digit:]]", 0, LEAST, "a1", "~~" },
        { "[\\.][\\-\\.]", 0, LEAST, ".-", "==" },
        { "[a-", 0, LEAST, "a", "=" },
        { "[", 0, LEAST, "", "" },
        { "[^", 0, LEAST, "a", "~" },
        { "[]", 0, LEAST, "]", "=" },
        { "[[:", 0, LEAST, "[", "=" },

        /* Quantities. */
        { "ab?c*d+", 0, LEAST, "ad", "==" },
        { "ab?c*d+", 0, GROUPS, "ad", "==" },
        { "ab?c*d+", 0, MOST, "abcd", "====" },
        { "a[b-d]?\\d*", 0, LEAST, "ab1", "=~~" },
        { "a{3}", 0, LEAST, "aaa", "===" },
        { "a{0,3}b", 0, LEAST, "b", "=" },
        { "(ab.){2,}?c", 0, LEAST, "ab.ab.c", "==.==.=" },
        { "a{2}{3}", 0, LEAST, "aa{3}", "=====" },
        { "a{,b}", 0, LEAST, "a{,b}", "=====" },
        { "a{1", 0, LEAST, "a", "=" },
        { "*a", 0, LEAST, "*a", "==" },

        /* Groups. */
        { "(a)(?:b)(?<n>c)(?P<n>d)(?i:e)(?>f)(?|g)", 0, LEAST, "abcdefg",
          "=======" },
        { "(?i)a(?#b)c(*UCP)d", 0, LEAST, "acd", "===" },
        { "a(?=b)(?!c)(?<=d)(?<!e|f)g", 0, LEAST, "ag", "==" },
        { "(a)?b", 0, LEAST, "b", "=" },
        { "(a)?b", 0, GROUPS, "ab", "==" },
        { "(a(b)?c?)*d", 0, GROUPS, "abd", "===" },
        { "(a(b)?c?)*d", 0, MOST, "abcd", "====" },
        { "a)b", 0, LEAST, "a", "=" },
        { "(a", 0, LEAST, "a", "=" },
        { "(?", 0, LEAST, "", "" },
        { "(*", 0, LEAST, "", "" },

        /* Alternatives. */
        { "(a|b|c)(d|e)|f", 0, LEAST, "ad", "==" },
        { "(a|b|c)d", 1, LEAST, "bd", "==" },
        { "(a|b|c)(d|e)", 2, LEAST, "ce", "==" },
        { "(a|b|c)(d|e)", 9, LEAST, "ce", "==" },
        { "(|a)b", 0, LEAST, "b", "=" },
        { "a|", 1, LEAST, "", "" },
        { "(a|b\\|c[|]d|e)", 1, LEAST, "b|c|d", "=====" },

        /* Paths and ports that may be left out. */
        { "http://a(:\\d+)?/?", 0, MOST, "http://a", "========" },
        { "http://a(/.*)?(:1|:2)?", 0, MOST, "http://a", "========" },
        { "http://a:\\d+", 0, LEAST, "http://a:1", "=========~" },
        { "(http:)?(//)?a", 0, MOST, "http://a", "========" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        cors_sample_t sample = { 0 };

        ok(cors_sample_read(&sample, cases[i].expression,
                            cases[i].alternative, cases[i].extent),
           "\"%s\" can be read", cases[i].expression);
        is_str(sample.text, cases[i].text, "sample %u.%d of \"%s\"",
               cases[i].alternative, cases[i].extent, cases[i].expression);
        is_str(kinds(&sample), cases[i].kinds, "what is free in \"%s\"",
               cases[i].expression);
    }
}

static int has_more(const char *expression, unsigned int alternative)
{
    cors_sample_t sample = { 0 };

    cors_sample_read(&sample, expression, alternative, LEAST);
    return sample.has_more;
}

static void test_alternatives(void)
{
    ok(!has_more("a", 0), "a lone text has no alternative");
    ok(has_more("a|b", 0), "two have one");
    ok(!has_more("a|b", 1), "but no more");
    ok(has_more("(a|b)(c|d|e)", 1), "the longest list counts");
    ok(!has_more("(a|b)(c|d|e)", 2), "and ends");
    ok(has_more("(?=a|b)c", 0), "also where it does not matter");
}

static int can_read(const char *expression)
{
    cors_sample_t sample = { 0 };

    return cors_sample_read(&sample, expression, 0, MOST);
}

/* An expression of n times text. */
static char *times(const char *text, unsigned int n, apr_pool_t *pool)
{
    const apr_size_t len = strlen(text);
    char *all = apr_palloc(pool, n * len + 1);
    unsigned int i;

    for (i = 0; i < n; i++) {
        memcpy(all + i * len, text, len);
    }
    all[n * len] = '\0';
    return all;
}

static void test_bounds(apr_pool_t *pool)
{
    ok(can_read(times("a", CORS_ORIGIN_MAX, pool)), "the longest sample");
    ok(!can_read(times("a", CORS_ORIGIN_MAX + 1, pool)), "one too long");
    ok(can_read("a{512}"), "the longest repetition");
    ok(!can_read("a{513}"), "one too long");
    ok(!can_read("((a{65535}){65535}){65535}"), "much too long");
    ok(!can_read("(a{500}){2}"), "too long at the second time");
    ok(can_read("((((){65535}){65535}){65535}){65535}"),
       "nothing, often repeated");
    ok(can_read("a{99999999999999999999999}|b") == 0, "beyond all numbers");
    ok(can_read("b|a{99999999999999999999999}"), "but not asked for");
    ok(can_read(times("a?", 400, pool)), "what may be left out, and fits");
    ok(!can_read(times("a?", 600, pool)), "and what does not");
    ok(can_read(times("(", 16, pool)), "the deepest groups");
    ok(!can_read(times("(", 17, pool)), "one too deep");
    ok(!can_read(times("(", 100000, pool)), "much too deep");
    ok(!can_read(times("(?:a|", 100000, pool)), "with something in them");
    ok(can_read(times("(a)?", 100, pool)), "many, but flat");
    ok(can_read(times("a|", 50000, pool)), "many alternatives");
    ok(can_read(times(")", 100000, pool)), "groups that do not begin");
    ok(can_read(times("[", 100000, pool)), "a class without an end");
    ok(can_read(times("\\", 100, pool)), "nothing but escapes");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_samples();
    test_alternatives();
    test_bounds(pool);
    return tap_end(pool);
}
