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

/* What messages and the dump are made of: what a list has, where it stands,
 * and what is harmless in it. */

#include "../../src/core/cors_check.h"
#include "../../src/core/cors_hazard.h"
#include "../../src/core/cors_verdict.h"

#include "tap.h"
#include "lists.h"

static const char *join(const apr_array_header_t *texts, apr_pool_t *pool)
{
    const char *text = "";
    int i;

    for (i = 0; i < texts->nelts; i++) {
        text = apr_pstrcat(pool, text, *text ? " " : "",
                           APR_ARRAY_IDX(texts, i, const char *), NULL);
    }
    return text;
}

static void test_origins(apr_pool_t *pool)
{
    static const struct {
        const char *outer, *inner;      /* NULL: no edits */
        const char *patterns, *excluded, *expressions, *expressions_excluded;
        int count;
    } cases[] = {
        { "", NULL, "", "", "", "", 0 },
        { "https://b.example https://a.example null", NULL,
          "https://a.example https://b.example null", "", "", "", 3 },
        { "https://a.example https://A.example:443", NULL,
          "https://a.example", "", "", "", 1 },
        { "* -null -https://x.example", NULL, "*",
          "https://x.example null", "", "", 1 },
        { "~b ~a ~b -~c", NULL, "", "", "~b ~a", "~c", 2 },
        { "* null -null", NULL, "*", "null", "", "", 2 },
        { "https://a.example ~a", "+https://b.example +~b",
          "https://a.example https://b.example", "", "~a ~b", "", 4 },
        { "https://a.example ~a", "+https://a.example +~a",
          "https://a.example", "", "~a", "", 4 },
        { "https://a.example https://b.example ~a", "-https://a.example -~a",
          "https://b.example", "https://a.example", "", "~a", 3 },
        { "* -https://a.example -~a", "+https://a.example +~a",
          "* https://a.example", "", "~a", "", 3 }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const cors_origin_set_t *set = make_origins(cases[i].outer, pool);
        const char *name = cases[i].inner ? cases[i].inner : "no edits";

        if (cases[i].inner) {
            set = cors_origin_set_edit(pool, set,
                                       make_origins(cases[i].inner, pool));
        }
        is_str(join(cors_origin_set_patterns(set, 0, pool), pool),
               cases[i].patterns, "patterns: %s, %s", cases[i].outer, name);
        is_str(join(cors_origin_set_patterns(set, 1, pool), pool),
               cases[i].excluded, "excluded: %s, %s", cases[i].outer, name);
        is_str(join(cors_origin_set_expressions(set, 0, pool), pool),
               cases[i].expressions, "expressions: %s, %s", cases[i].outer,
               name);
        is_str(join(cors_origin_set_expressions(set, 1, pool), pool),
               cases[i].expressions_excluded, "expressions excluded: %s, %s",
               cases[i].outer, name);
        is_int((int)cors_origin_set_count(set, 0), cases[i].count,
               "count: %s, %s", cases[i].outer, name);
    }
}

static void test_names(apr_pool_t *pool)
{
    const cors_names_t *names = make_names(CORS_HEADERS,
                                           "X-B X-A* * -X-Own x-b -x-own",
                                           pool);

    is_str(join(cors_names_entries(names, 0), pool), "X-B X-A* *",
           "the names that are included, as written");
    is_str(join(cors_names_entries(names, 1), pool), "X-Own",
           "and those that are excluded");
}

/* Whether an entry is new. */
static void test_new(apr_pool_t *pool)
{
    cors_origin_set_t *set = cors_origin_set_make(pool);
    cors_names_t *headers = cors_names_make(pool, CORS_HEADERS);
    cors_names_t *methods = cors_names_make(pool, CORS_METHODS);
    const cors_matcher_t matcher = { "a", has_word, (void *)"a" };

    is_int(cors_origin_set_add(set, "null", 0), 1, "a new pattern");
    is_int(cors_origin_set_add(set, "null", 0), 0, "one that is there");
    is_int(cors_origin_set_add(set, "null", 1), 1, "its exclusion is new");
    is_int(cors_origin_set_add(set, "null", 1), 0, "but once");
    is_int(cors_origin_set_add_matcher(set, &matcher, 0), 1, "a new matcher");
    is_int(cors_origin_set_add_matcher(set, &matcher, 0), 0,
           "one that is there");
    is_int(cors_origin_set_add_matcher(set, &matcher, 1), 1,
           "its exclusion is new");
    is_int(cors_names_add(headers, "X-One", 0), 1, "a new header");
    is_int(cors_names_add(headers, "x-one", 0), 0,
           "one that is there in another case");
    is_int(cors_names_add(headers, "x-one", 1), 1, "its exclusion is new");
    is_int(cors_names_add(methods, "PUT", 0), 1, "a new method");
    is_int(cors_names_add(methods, "put", 0), 1,
           "a method in another case is another one");
    is_int(cors_names_add(methods, "PUT", 0), 0, "one that is there");
}

static void test_place(apr_pool_t *pool)
{
    static const cors_place_t at[] = {
        { "CorsAllowOriginMatch", "a.conf", 7 },
        { "CorsAllowCredentials", "b.conf", 9 }
    };
    cors_policy_t *policy = cors_policy_make(pool);

    is_str(cors_policy_place(policy, CORS_LIST_ORIGINS, pool),
           "no CorsAllowOrigin", "a list that stands nowhere");
    is_str(cors_policy_place(policy, CORS_LIST_EXPOSE, pool),
           "no CorsExposeHeaders", "and another");
    policy->place[CORS_LIST_ORIGINS] = at[0];
    policy->place[CORS_LIST_CREDENTIALS] = at[1];
    is_str(cors_policy_place(policy, CORS_LIST_ORIGINS, pool),
           "CorsAllowOriginMatch at a.conf:7", "a list and its directive");
    policy->origins = make_origins("*", pool);
    policy->credentials = make_origins("*", pool);
    is_str(cors_hazard_warning(policy, CORS_HAZARD_ANY, pool),
           apr_pstrcat(pool, "CORS-W07: CorsAllowOriginMatch at a.conf:7 and "
                       "CorsAllowCredentials at b.conf:9 together give no "
                       "credentials: ",
                       cors_hazard_text(policy, CORS_HAZARD_ANY, pool), NULL),
           "a hazard that two sections bring about");
}

static void test_has_origins(apr_pool_t *pool)
{
    static const struct {
        const char *list;
        cors_said_t said;
        int want;
    } cases[] = {
        { NULL, CORS_UNSAID, 0 },
        { "", CORS_REPLACES, 1 },
        { "https://a.example", CORS_REPLACES, 1 },
        { "-https://a.example", CORS_REPLACES, 1 },
        { "+https://a.example", CORS_EDITS, 1 },
        { "-https://a.example", CORS_EDITS, 0 },
        { "+https://a.example -https://a.example", CORS_EDITS, 0 }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        cors_policy_t *policy = cors_policy_make(pool);

        policy->origins = make_origins(cases[i].list, pool);
        policy->said[CORS_LIST_ORIGINS] = (unsigned char)cases[i].said;
        is_int(cors_policy_has_origins(policy), cases[i].want,
               "whether \"%s\" is a list of origins",
               cases[i].list ? cases[i].list : "(none)");
        cors_policy_set(policy, CORS_ENGINE, CORS_ENGINE_OFF);
        is_int(cors_policy_has_origins(policy), cases[i].want,
               "be it off");
        is_int(cors_policy_in_force(policy), 0, "though not in force then");
    }
}

static void test_port(apr_pool_t *pool)
{
    static const char *const kept[] = {
        "https://a.example", "https://a.example:8443", "http://a.example:443",
        "https://a.example:80", "http://localhost:*", "https://[::1]",
        "http://[::1]:8080", "capacitor://a:443", "null", "*"
    };
    static const struct { const char *entry, *pattern; } folded[] = {
        { "https://a.example:443", "https://a.example" },
        { "http://A.example:80", "http://a.example" },
        { "https://*.a.example:443", "https://*.a.example" },
        { "https://[0::1]:443", "https://[::1]" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(kept); i++) {
        is_str(cors_warn_port(kept[i], kept[i], pool), NULL,
               "no word about the port of %s", kept[i]);
    }
    for (i = 0; i < COUNT(folded); i++) {
        is_str(cors_warn_port(folded[i].entry, folded[i].pattern, pool),
               apr_pstrcat(pool, "CORS-W08: \"", folded[i].entry,
                           "\" need not say its port, browsers leave it out: "
                           "\"", folded[i].pattern, "\"", NULL),
               "the port of %s", folded[i].entry);
    }
    is_str(cors_warn_duplicate("X-One", 0, pool),
           "CORS-W08: \"X-One\" stands in the list already", "a duplicate");
    is_str(cors_warn_duplicate("X-One", 1, pool),
           "CORS-W08: \"-X-One\" stands in the list already",
           "an exclusion that is one");
}

/* What is granted, and refused after all. */
static void test_refuse(apr_pool_t *pool)
{
    const cors_asked_t asked = {
        CORS_PREFLIGHT, "https://a.example", "PUT", "x-one", 1
    };
    cors_policy_t *policy = cors_policy_make(pool);
    cors_verdict_t verdict;

    policy->origins = make_origins("https://a.example", pool);
    policy->credentials = make_origins("*", pool);
    policy->methods = make_names(CORS_METHODS, "PUT", pool);
    policy->headers = make_names(CORS_HEADERS, "X-One", pool);
    policy->max_age = "600";
    cors_policy_set(policy, CORS_PRIVATE_NETWORK, CORS_ON);
    cors_decide(&verdict, policy, &asked, pool);
    is_int(verdict.reason, CORS_GRANTED, "a preflight is granted");
    cors_verdict_refuse(&verdict, CORS_PREFLIGHT_REDIRECTED);
    is_str(cors_reason_word(verdict.reason), "preflight-redirected",
           "and refused after all");
    is_str(verdict.allow_origin, NULL, "without its origin");
    is_int(verdict.credentials, 0, "without credentials");
    is_str(verdict.allow_methods, NULL, "without methods");
    is_str(verdict.allow_headers, NULL, "without headers");
    is_str(verdict.max_age, NULL, "without a time");
    is_int(verdict.allow_private_network, 0, "without the private network");
    is_int(verdict.varies, 1, "but it varies as before");

    cors_policy_set(policy, CORS_DEBUG, CORS_ON);
    cors_decide(&verdict, policy, &asked, pool);
    cors_verdict_refuse(&verdict, CORS_PREFLIGHT_REDIRECTED);
    is_str(verdict.allow_origin, "https://a.example",
           "under CorsDebug the origin stays");
    is_str(cors_verdict_debug(&verdict, pool),
           "refused; reason=preflight-redirected", "and the reason is told");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_origins(pool);
    test_names(pool);
    test_new(pool);
    test_place(pool);
    test_has_origins(pool);
    test_port(pool);
    test_refuse(pool);
    return tap_end(pool);
}
