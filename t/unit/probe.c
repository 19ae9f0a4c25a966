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

/* Expressions that let strangers in, and those that do not.  The C library
 * matches them, so that they have to do with what POSIX and PCRE share, or
 * what translate() does away with. */

#include <regex.h>

#include <apr_strings.h>

#include "../../src/core/cors_probe.h"

#include "tap.h"

/* What a matcher has been asked. */
typedef struct {
    regex_t regex;
    int answer;             /* of matchers without an expression */
    int asked;
    int malformed;          /* how often no browser would send it */
} asked_t;

static int ask(const cors_matcher_t *matcher, const cors_origin_t *origin)
{
    asked_t *asked = matcher->data;
    cors_origin_t again;

    asked->asked++;
    asked->malformed += !cors_origin_read(&again, origin->text)
                        || cors_origin_is_null(&again)
                        || memcmp(&again, origin, sizeof(again)) != 0;
    return asked->answer;
}

static int match(const cors_matcher_t *matcher, const cors_origin_t *origin)
{
    asked_t *asked = matcher->data;

    ask(matcher, origin);
    return regexec(&asked->regex, origin->text, 0, NULL, 0) == 0;
}

/* The site, as the Public Suffix List has it. */
static const char *site(const char *host)
{
    static const char *const suffixes[] = {
        "com", "org", "net", "io", "app", "dev", "tk", "example", "uk",
        "co.uk", "github.io", "netlify.app", "vercel.app", "web.app"
    };
    const char *before = NULL;
    unsigned int i;

    for (;;) {
        for (i = 0; i < COUNT(suffixes); i++) {
            if (!strcmp(host, suffixes[i])) {
                return before;
            }
        }
        if (!strchr(host, '.')) {
            return host;
        }
        before = host;
        host = strchr(host, '.') + 1;
    }
}

/* Replace all of one text by another. */
static const char *replaced(const char *text, const char *from,
                            const char *to, apr_pool_t *pool)
{
    const char *all = "";
    const char *at;

    while ((at = strstr(text, from))) {
        all = apr_pstrcat(pool, all, apr_pstrmemdup(pool, text, at - text),
                          to, NULL);
        text = at + strlen(from);
    }
    return apr_pstrcat(pool, all, text, NULL);
}

/* An expression of PCRE in POSIX's syntax, anchored. */
static const char *translate(const char *text, apr_pool_t *pool)
{
    static const char *const changes[][2] = {
        { "(?i)", "" }, { "(?:", "(" }, { "(?<sub>", "(" }, { "(?#all)", "" },
        { "[\\d", "[0-9" }, { "[\\w", "[A-Za-z0-9_" }, { "\\d", "[0-9]" },
        { "\\w", "[A-Za-z0-9_]" }, { "\\S", "[^ ]" }, { "\\/", "/" },
        { "*?", "*" }, { "+?", "+" }, { "\\A", "" }, { "\\z", "" },
        { "\\Q.", "\\." }, { "\\E", "" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(changes); i++) {
        text = replaced(text, changes[i][0], changes[i][1], pool);
    }
    return apr_pstrcat(pool, "^(", text, ")$", NULL);
}

/* Probe an expression.  Anything wrong on the way is told as the result. */
static const char *probe(const char *text, apr_pool_t *pool)
{
    asked_t asked = { 0 };
    const cors_matcher_t matcher = { text, match, &asked };
    const int flags = REG_EXTENDED | REG_NOSUB
                      | (strstr(text, "(?i)") ? REG_ICASE : 0);
    const char *got;

    if (regcomp(&asked.regex, translate(text, pool), flags) != 0) {
        return "no expression";
    }
    got = cors_probe(&matcher, site, pool);
    regfree(&asked.regex);
    return asked.malformed ? "asked about what no browser sends" : got;
}

/* Another site altogether. */
#define ANY "https://evil.example"

static void test_unsound(apr_pool_t *pool)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        /* Everything. */
        { ".*", ANY },
        { ".+", ANY },
        { "https?://.*", ANY },
        { "https://.*", ANY },
        { "http://.*", "http://evil.example" },
        { "https.*", ANY },
        { "https:.*", ANY },
        { "^https?:\\/\\/.+$", ANY },
        { "[a-z]+://[^/]+", ANY },
        { "https://[a-z.]+", ANY },
        { "https?://(.*)(:\\d+)?", ANY },
        { ".*example.*", ANY },
        { "app://.+", "app://evil.example" },
        { "https://devil\\.com|http.*", ANY },

        /* Nothing in front of a name keeps others off. */
        { "https://.*example\\.com", "https://evilexample.com" },
        { "https://.+?example\\.com", "https://evilexample.com" },
        { "https://\\S+example\\.com", "https://evilexample.com" },
        { "https://[^/]*example\\.com", "https://evilexample.com" },
        { "https://[\\w-]*example\\.com", "https://evilexample.com" },
        { "https://[a-z]+.?example\\.com", "https://evilexample.com" },
        { "(https?://)?.*example\\.com", "https://evilexample.com" },
        { "http.*example\\.com", "https://evilexample.com" },
        { ".*example\\.com", "https://evilexample.com" },
        { ".*example\\.com(:.*)?", "https://evilexample.com" },
        { "https://.*example\\.com:.*", "https://evilexample.com:1" },
        { "https://(.*)?example\\.com/?", "https://evilexample.com" },
        { "https://([a-z]+\\.?)*example\\.com", "https://evilexample.com" },
        { "https://app\\..*example\\.co\\.uk",
          "https://app.evilexample.co.uk" },
        { "https://.*-example\\.com", "https://evil-example.com" },
        { "https://(.+[.-])?example\\.com", "https://evil-example.com" },
        { "https://.*mysite\\.github\\.io",
          "https://evilmysite.github.io" },
        { "https://(?:good\\.com|.*shop\\.com)", "https://evilshop.com" },
        { "capacitor://.*example\\.com", "capacitor://evilexample.com" },

        /* Nothing behind it does. */
        { "https://example\\.com.*", "https://example.com.evil.example" },
        { "https://example\\.com.+", "https://example.com.evil.example" },
        { "https://example\\.com[^/]*", "https://example.com.evil.example" },
        { "https://([a-z]+\\.)?example\\.com(:\\d+)?.*",
          "https://example.com.evil.example" },
        { "https://example\\.com.*:8443",
          "https://example.com.evil.example:8443" },
        { "https://(www.)?example.com.*",
          "https://example.com.evil.example" },
        { "http://localhost.*", "http://localhost.evil.example" },
        { "http://127.0.0.1.*", "http://127.0.0.1.evil.example" },
        { "http://10\\..*", "http://10.evil.example" },
        { "http://192.168.*", "http://192.168.evil.example" },
        { "https://example\\..*", "https://example.evil.example" },
        { "https://(www\\.)?example\\.[a-z.]+",
          "https://example.evil.example" },
        { "https://example\\.[a-z]+", "https://example.tk" },
        { "https://example\\.[a-z]{2,3}", "https://example.tk" },
        { "https://example\\.(com|co\\.[a-z]{2})", "https://example.co.tk" },
        { ".*\\.mysite\\.com.*", "https://a.mysite.com.evil.example" },
        { ".*mysite.*", "https://amysite.evil.example" },

        /* Dots that are not escaped. */
        { "https://app.example.com", "https://appxexample.com" },
        { "https://(app|www).example.com", "https://appxexample.com" },
        { "https://app.example.com:8443", "https://appxexample.com:8443" },
        { "(?i)https://APP.Example\\.COM", "https://appxexample.com" },
        { "https://(www.)?example\\.com/?", "https://wwwxexample.com" },
        { "https://(www)?.?example\\.com", "https://wwwxexample.com" },
        { "https://[a-z0-9-]+.example\\.com", "https://axexample.com" },
        { "https://.*.example.com", "https://axexample.com" },
        { "https://a.b.example.com", "https://a.bxexample.com" },
        { "https://.example\\.com", "https://xexample.com" },
        { "https://example.co.uk", "https://examplexco.uk" },
        { "https://(example.com|app.example.org)",
          "https://appxexample.org" },
        { "https://mysite.github.io", "https://mysitexgithub.io" },

        /* These give names that there are in no public DNS. */
        { "https://example.com", "https://examplexcom" },
        { "https://app\\.example.com", "https://app.examplexcom" },
        { "https://([^.]+\\.)?example.com", "https://examplexcom" },
        { "https://wiki.corp", "https://wikixcorp" },

        /* Names that anybody can have. */
        { "https://[a-z]+\\.com", "https://evil.com" },
        { "https://.*.com", "https://evil.com" },
        { "https://[a-z]+\\.[a-z]+\\.com", "https://a.evil.com" },
        { "https://.*\\.co\\.uk", "https://evil.co.uk" },
        { "https://.*\\.github\\.io", "https://evil.github.io" },
        { "https://(?<sub>[^.]+)\\.github\\.io", "https://evil.github.io" },
        { "https://.*\\.vercel\\.app|http://localhost:3000",
          "https://evil.vercel.app" },
        { "http://localhost:3000|https://.*\\.vercel\\.app",
          "https://evil.vercel.app" },
        { "https://myapp.*\\.vercel\\.app", "https://myappevil.vercel.app" },
        { "https://myapp-.*\\.vercel\\.app",
          "https://myapp-evil.vercel.app" },
        { "https://.*-myteam\\.vercel\\.app",
          "https://evil-myteam.vercel.app" },
        { "https://[a-f0-9]{8}\\.com", "https://aaaaaaaa.com" },
        { "https://\\d+\\.vercel\\.app", "https://1.vercel.app" },
        { "https?://[a-z]+", "http://evil" },
        { "chrome-extension://[a-p]{32}",
          "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
        { "moz-extension://[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
          "moz-extension://aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa" },
        { "https?://[\\d.]+(:\\d+)?", "http://203.0.113.7" },
        { "http://(\\d{1,3}\\.){3}\\d{1,3}", "http://1.1.1.1" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        is_str(probe(cases[i].text, pool), cases[i].want,
               "\"%s\" lets \"%s\" in", cases[i].text, cases[i].want);
    }
}

static void test_sound(apr_pool_t *pool)
{
    static const char *const cases[] = {
        /* Names. */
        "https://app\\.example\\.com",
        "^https://app\\.example\\.com$",
        "\\Ahttps://app\\.example\\.com\\z",
        "(?i)https://app\\.example\\.com",
        "(?#all)https://app\\.example\\.com",
        "https:\\/\\/app\\.example\\.com",
        "https://app[.]example[.]com",
        "https://app\\Q.example.com\\E",
        "https://[Ee][Xx]\\.com",
        "https://example\\.com|https://example\\.org",
        "^https://example\\.com$|^https://(a|b)\\.example\\.org$",
        "https://example\\.(com|org|net|co\\.uk)",
        "https://(app|www)\\.example\\.com(:\\d+)?",
        "https://sho?p\\.example\\.com",
        "https?://example\\.com(:(80|443))?",
        "https://example\\.com(:.*)?",
        "https://example\\.com:.*",
        "https://example\\.com:?[0-9]*",
        "https://example\\.com/?",
        "https://example\\.com(/.*)?",
        "https://example\\.com\\.?",
        "https://github\\.io",
        "https://mysite\\.github\\.io",
        "https://evil\\.example",
        "https://(good|evil)\\.example",

        /* Names below them. */
        "https://.*\\.example\\.com",
        "https://([a-z0-9-]+\\.)*example\\.com",
        "https://(?:.+\\.)?example\\.com",
        "https://(.*[.])?example[.]com",
        "https://[^.]+\\.example\\.(com|org)",
        "https://(?<sub>[\\w-]+)\\.example\\.com",
        "https://(?:app|api)-\\d{1,3}\\.example\\.com",
        "https://app.*\\.example\\.com",
        "https://.*app\\.example\\.com",
        "https://app.\\.example\\.com",
        "https://[a-z]+.app\\.example\\.com",
        "https://[a-z]+\\.mysite\\.github\\.io",
        "https://.*\\.example\\.co\\.uk(:[0-9]{2,5})?",
        "https://example\\.com|.*\\.example\\.org",
        ".*\\.example\\.com",
        ".*[./]example\\.com",
        "https://(.*\\.)?(example|[a-z]+\\.internal\\.example)\\.com",
        "[a-z]+://app\\.example\\.com",

        /* As hosting services make them for previews. */
        "https://pr-\\d+--app\\.netlify\\.app",
        "https://[a-z0-9-]+--app\\.netlify\\.app",
        "https://.*--app\\.netlify\\.app",
        "https://([a-z0-9-]+--)?app\\.netlify\\.app",
        "https://app--.*\\.web\\.app",
        "https://app-[a-z0-9]+-team\\.vercel\\.app",
        "https://app-git-.*-team\\.vercel\\.app",
        "https://app-[0-9]+\\.vercel\\.app",
        "https://app-[a-f0-9]{9}\\.vercel\\.app",

        /* Where names are short, and are somebody's own. */
        "https?://localhost(:[0-9]+)?",
        "https?://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?",
        ".*://localhost(:\\d+)?",
        "https?://(.*\\.)?localhost(:\\d+)?",
        "capacitor://localhost",
        "(capacitor|ionic|https?)://localhost",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        "http://dev-[a-z0-9]+(:\\d+)?",
        "http://[a-z]+-dev",
        "https://[a-z0-9-]+\\.corp",
        "https?://.*\\.intra\\.corp",

        /* Addresses. */
        "http://127.0.0.1:\\d+",
        "http://192\\.168\\.\\d+\\.\\d+(:\\d+)?",
        "http://192.168.\\d+.\\d+(:\\d+)?",
        "http://10(\\.\\d{1,3}){3}",
        "http://172\\.(1[6-9]|2[0-9]|3[01])\\.[0-9.]+",
        "http://203\\.0\\.113\\.\\d+",
        "https://\\[::1\\](:\\d+)?",
        "https://\\[fd00:.*\\]",

        /* No origin at all. */
        "",
        "null",
        "example\\.com",
        "localhost:\\d+",
        "https://",
        "https://[0-9]",
        "https://example\\.com/.*",
        "mailto:.*",
        "ftp"
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        is_str(probe(cases[i], pool), NULL, "\"%s\" is sound", cases[i]);
    }
}

/* What the reader does not understand still meets strangers; and that alone
 * counts which gets in. */
static void test_answers(apr_pool_t *pool)
{
    static const char *const texts[] = {
        "https://.*example\\.com", "(?R)", "((((((((((((((((((.*", ""
    };
    unsigned int i;

    for (i = 0; i < COUNT(texts); i++) {
        asked_t asked = { 0 };
        const cors_matcher_t matcher = { texts[i], ask, &asked };

        is_str(cors_probe(&matcher, site, pool), NULL,
               "\"%s\": nothing gets in", texts[i]);
        asked.answer = 1;
        is_str(cors_probe(&matcher, site, pool), ANY,
               "\"%s\": everything does", texts[i]);
        asked.answer = -1;
        asked.asked = 0;
        is_str(cors_probe(&matcher, site, pool), NULL,
               "\"%s\": nobody knows", texts[i]);
        ok(asked.asked > 1 && asked.asked <= 4,
           "\"%s\": and is asked a few times: %d", texts[i], asked.asked);
    }
}

/* An expression of n times text, between two others. */
static const char *times(const char *before, const char *text,
                         unsigned int n, const char *behind,
                         apr_pool_t *pool)
{
    const apr_size_t len = strlen(text);
    char *all = apr_palloc(pool, n * len + 1);
    unsigned int i;

    for (i = 0; i < n; i++) {
        memcpy(all + i * len, text, len);
    }
    all[n * len] = '\0';
    return apr_pstrcat(pool, before, all, behind, NULL);
}

static void test_hostile(apr_pool_t *pool)
{
    const char *const texts[] = {
        "", "\\", "[", "[^", "[]", "[a-", "[[:", "(", "((((((", ")", "(?",
        "(?<", "(?#", "(*", "a{", "a{9", "|", "||", "*", "?", "{1}", "\\Q",
        "\\p{", ".", ":", "://", "https://", "https://[", "https://.*\\",
        "https://.*[", "https://.*(", "https://.{600}",
        "https://(.{65535}){65535}", "https://\xff\xfe[\xfe-\xff]",
        times("", "(", 100000, "", pool),
        times("", "[", 100000, "", pool),
        times("", "[[:", 100000, "", pool),
        times("", "\\", 100000, "", pool),
        times("", ".", 100000, "", pool),
        times("", "a", 100000, "", pool),
        times("https://(", "a|", 50000, ".*)", pool),
        times("https://", "(a|b)", 20000, "", pool),
        times("https://", "(a?|.*)?", 12000, "\\.com", pool),
        times("https://", "[a-z]\\.", 240, "com", pool),
        times("https://", "a.", 240, "com", pool),
        times("https://(a|", "(b|[a-z]+\\.)|", 100, "c)\\.com", pool)
    };
    unsigned int i;

    for (i = 0; i < COUNT(texts); i++) {
        asked_t asked = { 0 };
        const cors_matcher_t matcher = { texts[i], ask, &asked };

        ok(!cors_probe(&matcher, site, pool), "survives \"%s\"", texts[i]);
        ok(asked.asked <= 1000 && !asked.malformed,
           "and asks what browsers can send: %d", asked.asked);
    }
}

/* Alternatives and groups are looked at up to a bound. */
static void test_bounds(apr_pool_t *pool)
{
    const char *text;

    is_str(probe(times("https://(", "a\\.com|", 63, ".*b\\.com)", pool), pool),
           "https://evilb.com", "the last alternative that is looked at");
    is_str(probe(times("https://(", "a\\.com|", 64, ".*b\\.com)", pool), pool),
           NULL, "and one beyond");
    text = times("https://.*b\\.com", ")", 16, "", pool);
    is_str(probe(times("", "(", 16, text, pool), pool), "https://evilb.com",
           "the deepest groups that are looked at");
    is_str(probe(apr_pstrcat(pool, times("", "(", 17, text, pool), ")", NULL),
                 pool), NULL, "and one beyond");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_unsound(pool);
    test_sound(pool);
    test_answers(pool);
    test_hostile(pool);
    test_bounds(pool);
    return tap_end(pool);
}
