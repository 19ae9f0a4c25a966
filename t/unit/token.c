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

/* Tokens and the lists that fields make of them. */

#include <apr_strings.h>

#include "../../src/core/cors_token.h"

#include "tap.h"

/* RFC 9110, 5.6.2, "tchar". */
static int is_tchar(int c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static void test_bytes(void)
{
    int c;

    for (c = 0; c < 256; c++) {
        const int lower = c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;

        is_int(cors_token_lower[c], is_tchar(c) ? lower : 0,
               "byte 0x%02x is %s", (unsigned int)c,
               is_tchar(c) ? "a token byte, in lower case" : "none of a token");
    }
}

static void test_tokens(void)
{
    static const struct {
        const char *text;
        apr_size_t span;
        int is_token;
        const char *rule;
    } cases[] = {
        { "PATCH", 5, 1, "letters are a token" },
        { "x-trace-id", 10, 1, "so are hyphens" },
        { "!#$%&'*+-.^_`|~09azAZ", 21, 1, "and all else of the grammar" },
        { "*", 1, 1, "the wildcard is a token byte" },
        { "", 0, 0, "nothing is no token" },
        { " X", 0, 0, "a space before it is none" },
        { "X ", 1, 0, "nor behind it" },
        { "X Y", 1, 0, "nor inside" },
        { "X,Y", 1, 0, "a comma is none" },
        { "X:", 1, 0, "a colon is none" },
        { "X;q", 1, 0, "a semicolon is none" },
        { "\"X\"", 0, 0, "quotes are none" },
        { "X(Y)", 1, 0, "parentheses are none" },
        { "a@b", 1, 0, "@ is none" },
        { "a/b", 1, 0, "a slash is none" },
        { "a=b", 1, 0, "= is none" },
        { "[a]", 0, 0, "brackets are none" },
        { "{a}", 0, 0, "braces are none" },
        { "a\\b", 1, 0, "a backslash is none" },
        { "a\tb", 1, 0, "a tab is none" },
        { "a\r\nb", 1, 0, "a line break is none" },
        { "a\x7f", 1, 0, "DEL is none" },
        { "a\x01", 1, 0, "a control character is none" },
        { "caf\xc3\xa9", 3, 0, "UTF-8 is none" },
        { "a\xff", 1, 0, "byte 255 is none" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        is_int(cors_token_span(cases[i].text), cases[i].span,
               "span of \"%s\": %s", cases[i].text, cases[i].rule);
        is_int(cors_is_token(cases[i].text), cases[i].is_token,
               "is_token \"%s\": %s", cases[i].text, cases[i].rule);
    }
}

static void test_equal(void)
{
    static const struct {
        const char *a, *b;
        apr_size_t len;
        int want;
        const char *rule;
    } cases[] = {
        { "origin", "origin", 6, 1, "equal bytes are equal" },
        { "Origin", "oRIGIN", 6, 1, "case does not matter" },
        { "origin", "origim", 6, 0, "the last byte counts" },
        { "origin", "xrigin", 6, 0, "so does the first" },
        { "origin", "originX", 6, 1, "what follows the run does not" },
        { "a", "b", 0, 1, "empty runs are equal" },
        { "a^", "a~", 2, 0, "^ and ~ differ, although only by the case bit" },
        { "a-b", "a_b", 3, 0, "hyphen and underscore differ" },
        { "a`", "a@", 2, 0, "` is no @ in lower case" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        is_int(cors_token_equal(cases[i].a, cases[i].b, cases[i].len),
               cases[i].want, "\"%s\" and \"%s\": %s", cases[i].a, cases[i].b,
               cases[i].rule);
    }
}

static void test_next(apr_pool_t *pool)
{
    static const struct {
        const char *list, *want, *rule;
    } cases[] = {
        { "", "", "an empty field has no elements" },
        { "a", "[a]", "one element" },
        { "a,b", "[a][b]", "two" },
        { "a, b , c", "[a][b][c]", "spaces around commas do not count" },
        { "\ta\t,\t b \t", "[a][b]", "nor do tabs, nor at either end" },
        { "a,,b", "[a][][b]", "an empty element has no length" },
        { ",a", "[][a]", "also the first" },
        { "a,", "[a]", "a comma at the end begins no element" },
        { ",", "[]", "a comma alone ends an empty element" },
        { " ", "[]", "white space alone is an empty element" },
        { "a b, c", "[a b][c]", "white space inside an element stays" },
        { "*", "[*]", "the wildcard is an element" },
        { "a;q=1, b", "[a;q=1][b]", "elements need not be tokens" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *list = cases[i].list;
        const char *got = "";
        const char *element;
        apr_size_t len = 99;

        while ((element = cors_list_next(&list, &len)) != NULL) {
            got = apr_psprintf(pool, "%s[%.*s]", got, (int)len, element);
        }
        is_str(got, cases[i].want, "elements of \"%s\": %s", cases[i].list,
               cases[i].rule);
        ok(!*list, "elements of \"%s\" are read to the end", cases[i].list);
    }
}

static void test_has(void)
{
    static const struct {
        const char *list, *token;
        int want;
        const char *rule;
    } cases[] = {
        { "Origin", "Origin", 1, "an element is found" },
        { "Accept, origin", "Origin", 1, "in any case, at the end" },
        { "ORIGIN ,Accept", "Origin", 1, "at the start" },
        { "Accept,\tOrigin\t, Cookie", "Origin", 1, "between others" },
        { "X-Origin", "Origin", 0, "the end of a longer one is not it" },
        { "Originator", "Origin", 0, "nor is the start" },
        { "Origi", "Origin", 0, "nor is a shorter one" },
        { "Accept Origin", "Origin", 0, "nor is a word of an element" },
        { "", "Origin", 0, "an empty list has nothing" },
        { ", ,", "Origin", 0, "neither has a list of empty elements" },
        { "Accept, *", "*", 1, "the wildcard is found" },
        { "Accept*", "*", 0, "as an element of its own" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        is_int(cors_list_has(cases[i].list, cases[i].token,
                             strlen(cases[i].token)), cases[i].want,
               "\"%s\" in \"%s\": %s", cases[i].token, cases[i].list,
               cases[i].rule);
    }
    is_int(cors_list_has("Origin", "Origin, Accept", 6), 1,
           "only len bytes of the token count");
}

static void test_merge(apr_pool_t *pool)
{
    static const struct {
        const char *list, *more, *want, *rule;
    } cases[] = {
        { "", "", "", "nothing and nothing is nothing" },
        { "", "Origin", "Origin", "nothing and a list is the list" },
        { "Accept", "", "Accept", "a list and nothing is the list" },
        { "Accept", "Origin", "Accept, Origin", "what is missing is added" },
        { "Origin", "Origin", "Origin", "nothing is added twice" },
        { "origin", "Origin", "origin", "in whatever case it is there" },
        { "Accept,Origin", "Cookie, Origin", "Accept, Origin, Cookie",
          "the order is that of the first, then that of the second" },
        { "Accept", "Origin, origin", "Accept, Origin",
          "what the second list repeats is listed once" },
        { "Accept, accept,ACCEPT", "Origin", "Accept, Origin",
          "so is what the first repeats" },
        { "Accept, accept", "", "Accept", "also where nothing is added" },
        { "Accept", ", ,", "Accept", "empty elements are left out" },
        { ",Accept,,", " ,\tOrigin ", "Accept, Origin",
          "of both, and white space" },
        { "a,b,c", "d,e,f", "a, b, c, d, e, f",
          "short elements become longer by their spaces" },
        { "a b", "c d", "a b, c d", "elements need not be tokens" },
        { "*", "Origin", "*", "* holds everything" },
        { "Origin", "*", "*", "* replaces what is there" },
        { "Accept, *", "Origin", "*", "* alone remains" },
        { "*, Accept", "", "*", "also where nothing is added" },
        { "Accept", "Origin, *", "*", "wherever it stands" },
        { "", "*, Origin", "*", "and whatever it comes to" },
        { "X*", "Origin", "X*, Origin", "a part of an element is not it" },
        { "X-Origin", "Origin", "X-Origin, Origin",
          "a part of a name is not the name" },
        { "Origin", "Origin-X", "Origin, Origin-X", "in either direction" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        is_str(cors_list_merge(cases[i].list, cases[i].more, pool),
               cases[i].want, "\"%s\" and \"%s\": %s", cases[i].list,
               cases[i].more, cases[i].rule);
    }
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_bytes();
    test_tokens();
    test_equal();
    test_next(pool);
    test_has();
    test_merge(pool);
    return tap_end(pool);
}
