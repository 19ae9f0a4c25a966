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

/* Verdicts: each row of design.md, 3.1 and 3.3, told in one line of text. */

#include "../../src/core/cors_hazard.h"
#include "../../src/core/cors_verdict.h"

#include "lists.h"

#define A "https://a.example"
#define B "https://b.example"
#define VARY "Access-Control-Request-Method, Access-Control-Request-Headers"

/* A policy in lists as lists.h reads them; NULL is unsaid. */
typedef struct {
    const char *origins, *credentials, *methods, *headers, *expose, *max_age;
    int private_network;
} policy_case_t;

static const cors_policy_t *make_policy(const policy_case_t *p,
                                        apr_pool_t *pool)
{
    cors_policy_t *policy = cors_policy_make(pool);

    policy->origins = make_origins(p->origins, pool);
    policy->credentials = make_origins(p->credentials, pool);
    policy->hazards = cors_hazards(policy);
    policy->methods = make_names(CORS_METHODS, p->methods, pool);
    policy->headers = make_names(CORS_HEADERS, p->headers, pool);
    policy->expose = make_names(CORS_HEADERS, p->expose, pool);
    policy->max_age = p->max_age;
    if (p->private_network) {
        cors_policy_set(policy, CORS_PRIVATE_NETWORK, CORS_ON);
    }
    return policy;
}

static const char *add(const char *text, const char *name, const char *value,
                       apr_pool_t *pool)
{
    return value ? apr_pstrcat(pool, text, "; ", name, value, NULL) : text;
}

/* All that a verdict says, what is not sent left out. */
static const char *told(const cors_verdict_t *v, apr_pool_t *pool)
{
    const apr_table_t *const tables[] = { make_table("X-A X-B", pool), NULL };
    static const char *const more[] = { "Date", NULL };
    const char *reason = cors_reason_word(v->reason);
    const char *text = reason ? reason : "granted";

    text = add(text, "origin ", v->allow_origin, pool);
    text = add(text, "credentials", v->credentials ? "" : NULL, pool);
    text = add(text, "methods ", v->allow_methods, pool);
    text = add(text, "headers ", v->allow_headers, pool);
    text = add(text, "max age ", v->max_age, pool);
    text = add(text, "private network", v->allow_private_network ? "" : NULL,
               pool);
    text = add(text, "expose ", cors_verdict_expose(v, tables, more, pool),
               pool);
    return add(text, "vary ", cors_verdict_vary(v), pool);
}

static const policy_case_t anyone = {
    "*", NULL, "PUT PATCH", "X-A X-B", "X-A X-C", "600", 1
};
static const policy_case_t listed = {
    A, NULL, "PUT PATCH", "X-A X-B", "X-A X-C", "600", 1
};
static const policy_case_t trusted = {
    A " " B " null", A, "PUT", "X-A", "X-A", NULL, 0
};
static const policy_case_t mixed = {
    "*", A, "*", "*", "*", "600", 0
};
static const policy_case_t mixed_listed = {
    "*", A, "* PUT", "* Authorization", "* X-Z", NULL, 0
};
static const policy_case_t all_but = {
    "* -" B, NULL, "* -DELETE", "* -X-Evil", "* -X-B", NULL, 0
};
static const policy_case_t both_stars = {
    "*", "*", "*", "*", "*", NULL, 0
};
static const policy_case_t prefixes = {
    "*", NULL, NULL, "X-Rate-* X-A", "X-* Y", NULL, 0
};
static const policy_case_t bare = { A, NULL, NULL, NULL, NULL, NULL, 0 };
static const policy_case_t bare_anyone = {
    "*", NULL, NULL, NULL, NULL, NULL, 0
};
static const policy_case_t nobody = {
    "", "*", "*", "*", "*", "600", 1
};

typedef struct {
    const policy_case_t *policy;
    const char *origin;
    const char *want, *rule;
} actual_case_t;

/* Actual requests, and with NULL for the origin those that are none. */
static const actual_case_t actuals[] = {
    { &anyone, A, "granted; origin *; expose X-A, X-C",
      "an any-origin policy grants * and does not vary" },
    { &anyone, NULL, "granted; origin *; expose X-A, X-C",
      "also without Origin" },
    { &anyone, "null", "granted; origin *; expose X-A, X-C",
      "also to null" },
    { &anyone, "no origin/", "granted; origin *; expose X-A, X-C",
      "what does not vary does not look: malformed" },
    { &anyone, "", "granted; origin *; expose X-A, X-C",
      "what does not vary does not look: empty" },
    { &listed, A, "granted; origin " A "; expose X-A, X-C; vary Origin",
      "an origin of the list is sent back" },
    { &listed, B, "origin-not-allowed; vary Origin", "another is refused" },
    { &listed, "null", "origin-not-allowed; vary Origin",
      "null is another" },
    { &listed, NULL, "granted; vary Origin",
      "without Origin there is Vary alone" },
    { &listed, "", "origin-malformed; vary Origin", "an empty Origin" },
    { &listed, A "/", "origin-malformed; vary Origin", "a trailing slash" },
    { &listed, A " " A, "origin-malformed; vary Origin", "two origins" },
    { &listed, A ", " A, "origin-malformed; vary Origin",
      "two Origin fields" },
    { &listed, "HTTPS://A.EXAMPLE", "origin-malformed; vary Origin",
      "capitals" },
    { &listed, "*", "origin-malformed; vary Origin", "a wildcard" },
    { &trusted, A, "granted; origin " A "; credentials; expose X-A; "
      "vary Origin", "one that may use credentials" },
    { &trusted, B, "granted; origin " B "; expose X-A; vary Origin",
      "one that may not" },
    { &trusted, "null", "granted; origin null; expose X-A; vary Origin",
      "null, which never may" },
    { &mixed, A, "granted; origin " A "; credentials; "
      "expose X-A, X-B, Date; vary Origin",
      "under * one with credentials: its name, and no literal *" },
    { &mixed, B, "granted; origin *; expose *; vary Origin",
      "under * one without: *" },
    { &mixed, "null", "granted; origin *; expose *; vary Origin",
      "under * null: *" },
    { &mixed, NULL, "granted; vary Origin",
      "* is sent without Origin only if no origin has credentials" },
    { &mixed, "x", "origin-malformed; vary Origin",
      "it looks, since it varies" },
    { &mixed_listed, A, "granted; origin " A "; credentials; "
      "expose X-Z, X-A, X-B, Date; vary Origin",
      "plain names beside * are always sent with credentials" },
    { &mixed_listed, B, "granted; origin *; expose *; vary Origin",
      "and stand for nothing without" },
    { &all_but, A, "granted; origin *; expose X-A, Date; vary Origin",
      "* with exclusions: *, and the names that are not excluded" },
    { &all_but, B, "origin-not-allowed; vary Origin",
      "what is excluded is refused" },
    { &all_but, NULL, "granted; vary Origin", "and the verdict varies" },
    { &both_stars, A, "granted; origin *; expose *",
      "* with credentials for all falls back to none" },
    { &both_stars, NULL, "granted; origin *; expose *",
      "and is an any-origin policy" },
    { &prefixes, A, "granted; origin *; expose Y, X-A, X-B",
      "prefixes stand for the names of the response" },
    { &bare, A, "granted; origin " A "; vary Origin", "nothing to expose" },
    { &bare_anyone, A, "granted; origin *", "nor to any origin" },
    { &bare_anyone, NULL, "granted; origin *", "nor without one" },
    { &nobody, A, "origin-not-allowed; vary Origin",
      "the empty list refuses" },
    { &nobody, NULL, "granted; vary Origin", "and varies" }
};

static void test_actual(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(actuals); i++) {
        const actual_case_t *c = &actuals[i];
        const cors_policy_t *policy = make_policy(c->policy, pool);
        cors_asked_t asked = { CORS_NONE, c->origin, NULL, NULL, 1 };
        cors_verdict_t verdict;

        asked.kind = c->origin ? CORS_ACTUAL : CORS_NONE;
        memset(&verdict, 0xff, sizeof(verdict));
        cors_decide(&verdict, policy, &asked, pool);
        is_str(told(&verdict, pool), c->want, "%s under \"%s\": %s",
               c->origin ? c->origin : "no Origin", c->policy->origins,
               c->rule);
        ok(verdict.policy == policy && verdict.kind == asked.kind,
           "%s under \"%s\": the verdict keeps policy and kind",
           c->origin ? c->origin : "no Origin", c->policy->origins);
    }
}

static const struct {
    const policy_case_t *policy;
    const char *origin, *method, *headers;
    int private_network;
    const char *want, *rule;
} preflights[] = {
    { &anyone, A, "PUT", "x-a", 0, "granted; origin *; methods PUT, PATCH; "
      "headers X-A, X-B; max age 600; vary " VARY,
      "plain lists are sent whole, whatever is asked" },
    { &anyone, A, "GET", NULL, 0, "granted; origin *; methods PUT, PATCH; "
      "headers X-A, X-B; max age 600; vary " VARY,
      "also if nothing of them is" },
    { &anyone, "no origin/", "PUT", NULL, 0, "granted; origin *; "
      "methods PUT, PATCH; headers X-A, X-B; max age 600; vary " VARY,
      "an any-origin policy does not look at a malformed origin" },
    { &anyone, A, "PUT", NULL, 1, "granted; origin *; methods PUT, PATCH; "
      "headers X-A, X-B; max age 600; private network; vary " VARY,
      "a private network is granted where it is asked for and on" },
    { &mixed, B, "PUT", NULL, 1, "granted; origin *; methods *; headers *; "
      "max age 600; vary Origin, " VARY, "and not where it is off" },
    { &listed, A, "PATCH", "X-B,x-a", 0, "granted; origin " A "; "
      "methods PUT, PATCH; headers X-A, X-B; max age 600; "
      "vary Origin, " VARY, "an origin of the list" },
    { &listed, B, "PATCH", NULL, 1, "origin-not-allowed; vary Origin, " VARY,
      "another gets nothing but Vary" },
    { &listed, A "/", "PUT", NULL, 0,
      "origin-malformed; vary Origin, " VARY, "nor does a malformed one" },
    { &listed, B, "DELETE", "x y", 0,
      "origin-not-allowed; vary Origin, " VARY, "the origin comes first" },
    { &listed, A, "DELETE", "x y", 1,
      "method-not-allowed; vary Origin, " VARY, "then the method" },
    { &listed, A, "PUT", "x y", 1, "header-malformed; vary Origin, " VARY,
      "then the headers" },
    { &anyone, A, "DELETE", NULL, 0, "method-not-allowed; vary " VARY,
      "a refusal under an any-origin policy does not vary by Origin" },
    { &anyone, A, "PUT", "x-c", 0, "header-not-allowed; vary " VARY,
      "nor does that of a header" },
    { &trusted, A, "PUT", "x-a", 0, "granted; origin " A "; credentials; "
      "methods PUT; headers X-A; vary Origin, " VARY,
      "one that may use credentials" },
    { &trusted, A, "PUT", "x-b", 0, "header-not-allowed; vary Origin, " VARY,
      "a refusal carries no credentials" },
    { &trusted, "null", "PUT", NULL, 0, "granted; origin null; methods PUT; "
      "headers X-A; vary Origin, " VARY, "null never may" },
    { &mixed, B, "PUT", "X-B", 0, "granted; origin *; methods *; headers *; "
      "max age 600; vary Origin, " VARY, "* is sent without credentials" },
    { &mixed, A, "PUT", "X-B,x-A", 0, "granted; origin " A "; credentials; "
      "methods PUT; headers x-b, x-a; max age 600; vary Origin, " VARY,
      "with credentials what is asked is sent back" },
    { &mixed, A, "custom", NULL, 0, "granted; origin " A "; credentials; "
      "methods custom; max age 600; vary Origin, " VARY,
      "a method as it is asked; no header where none is asked" },
    { &mixed, A, "PUT", " , ", 0, "granted; origin " A "; credentials; "
      "methods PUT; max age 600; vary Origin, " VARY,
      "an empty list of headers asks for none" },
    { &mixed, B, "PUT", "authorization", 0,
      "header-not-allowed; vary Origin, " VARY,
      "* does not cover Authorization" },
    { &mixed, A, "PUT", "authorization", 0,
      "header-not-allowed; vary Origin, " VARY,
      "also with credentials" },
    { &mixed_listed, B, "PUT", "authorization", 0, "granted; origin *; "
      "methods *; headers *, Authorization; vary Origin, " VARY,
      "* and Authorization by name" },
    { &mixed_listed, B, "PUT", "x-a", 0, "granted; origin *; methods *; "
      "headers *, Authorization; vary Origin, " VARY,
      "also where it is not asked for" },
    { &mixed_listed, A, "PUT", "authorization,x-a", 0, "granted; origin " A
      "; credentials; methods PUT; headers authorization, x-a; "
      "vary Origin, " VARY, "with credentials it is sent back" },
    { &all_but, A, "PUT", "X-Good", 0, "granted; origin *; methods PUT; "
      "headers x-good; vary Origin, " VARY,
      "* with exclusions: what is asked is sent back" },
    { &all_but, A, "GET", NULL, 0, "granted; origin *; methods GET; "
      "vary Origin, " VARY, "also a method that needs no list" },
    { &all_but, A, "DELETE", NULL, 0,
      "method-not-allowed; vary Origin, " VARY, "an excluded method" },
    { &all_but, A, "PUT", "x-good,x-evil", 0,
      "header-not-allowed; vary Origin, " VARY, "an excluded header" },
    { &all_but, A, "*", NULL, 0, "method-not-allowed; vary Origin, " VARY,
      "a method called *, which sent back would let the excluded ones in" },
    { &all_but, A, "PUT", "x-good, *", 0,
      "header-not-allowed; vary Origin, " VARY, "a header called *" },
    { &mixed, A, "*", "*", 0, "granted; origin " A "; credentials; methods *; "
      "headers *; max age 600; vary Origin, " VARY,
      "without exclusions they are names like others" },
    { &all_but, B, "PUT", NULL, 0, "origin-not-allowed; vary Origin, " VARY,
      "an excluded origin" },
    { &both_stars, A, "PUT", "x-a", 0, "granted; origin *; methods *; "
      "headers *; vary " VARY, "* with credentials for all gives none" },
    { &prefixes, A, "GET", "X-Rate-B,X-A", 0, "granted; origin *; "
      "headers x-rate-b, x-a; vary " VARY,
      "with prefixes the requested names are sent back" },
    { &prefixes, A, "GET", NULL, 0, "granted; origin *; vary " VARY,
      "or none" },
    { &prefixes, A, "PUT", NULL, 0, "method-not-allowed; vary " VARY,
      "without a list of methods no other is allowed" },
    { &bare, A, "GET", NULL, 0, "granted; origin " A "; vary Origin, " VARY,
      "headers with nothing to say are left out" },
    { &bare, A, "GET", "", 0, "granted; origin " A "; vary Origin, " VARY,
      "asking for no headers needs no list" },
    { &bare, A, "GET", "x-a", 0, "header-not-allowed; vary Origin, " VARY,
      "asking for one does" },
    { &nobody, A, "GET", NULL, 0, "origin-not-allowed; vary Origin, " VARY,
      "the empty list refuses" }
};

static void test_preflight(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(preflights); i++) {
        const cors_asked_t asked = {
            CORS_PREFLIGHT, preflights[i].origin, preflights[i].method,
            preflights[i].headers, preflights[i].private_network
        };
        cors_verdict_t verdict;

        memset(&verdict, 0xff, sizeof(verdict));
        cors_decide(&verdict, make_policy(preflights[i].policy, pool),
                    &asked, pool);
        is_str(told(&verdict, pool), preflights[i].want,
               "%s asks for %s with \"%s\" under \"%s\": %s", asked.origin,
               asked.method, asked.headers ? asked.headers : "(none)",
               preflights[i].policy->origins, preflights[i].rule);
    }
}

static void test_methods(apr_pool_t *pool)
{
    static const struct {
        const char *list, *method;
        int granted;
        const char *rule;
    } cases[] = {
        { NULL, "GET", 1, "GET always passes" },
        { NULL, "HEAD", 1, "HEAD always passes" },
        { NULL, "POST", 1, "POST always passes" },
        { "-GET", "GET", 1, "also where it is excluded" },
        { NULL, "get", 0, "get is another method" },
        { NULL, "Post", 0, "so is Post" },
        { "*", "get", 1, "which * covers" },
        { NULL, "PUT", 0, "others need a list" },
        { "", "PUT", 0, "that is not empty" },
        { "PUT", "PUT", 1, "and has them" },
        { "PUT", "put", 0, "as they are written" },
        { "put", "PUT", 0, "on either side" },
        { "patch", "patch", 1, "whatever their case" },
        { "PUT", "PUTT", 0, "and whole" },
        { "*", "OPTIONS", 1, "OPTIONS can be asked for" },
        { "*", "CONNECT", 0, "CONNECT never is allowed" },
        { "*", "connect", 0, "in any case" },
        { "*", "Connect", 0, "in mixed case" },
        { "*", "TRACE", 0, "TRACE never is" },
        { "*", "trace", 0, "in any case" },
        { "*", "TRACK", 0, "TRACK never is" },
        { "*", "tRACK", 0, "in any case" },
        { "TRACE", "TRACE", 0, "even where it is listed" },
        { "*", "TRACER", 1, "a longer name is another method" },
        { "*", "", 0, "an empty method is none" },
        { "*", "PUT PATCH", 0, "two are none" },
        { "*", "PUT,PATCH", 0, "a list is none" },
        { "*", " PUT", 0, "white space is not tolerated" },
        { "*", "PUT\r\nX: y", 0, "nor a line break" },
        { "*", "P\xc3\x9cT", 0, "nor what is no token byte" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const policy_case_t p = { "*", NULL, cases[i].list, NULL, NULL, NULL,
                                  0 };
        const cors_asked_t asked = { CORS_PREFLIGHT, A, cases[i].method,
                                     NULL, 0 };
        cors_verdict_t verdict;

        cors_decide(&verdict, make_policy(&p, pool), &asked, pool);
        is_int(verdict.reason, cases[i].granted ? CORS_GRANTED
                                                : CORS_METHOD_NOT_ALLOWED,
               "\"%s\" under \"%s\": %s", cases[i].method,
               cases[i].list ? cases[i].list : "(none)", cases[i].rule);
    }
}

static void test_culprit(apr_pool_t *pool)
{
    static const struct {
        const char *headers;
        cors_reason_t reason;
        apr_size_t offset, len;
    } cases[] = {
        { "x-evil", CORS_HEADER_NOT_ALLOWED, 0, 6 },
        { "x-a, X-Evil ,x-b", CORS_HEADER_NOT_ALLOWED, 5, 6 },
        { "x-a,x-b,x-c,x-d", CORS_HEADER_NOT_ALLOWED, 8, 3 },
        { "x-a, x y", CORS_HEADER_MALFORMED, 5, 1 },
        { "x-a,;", CORS_HEADER_MALFORMED, 4, 0 }
    };
    const cors_policy_t *policy = make_policy(&anyone, pool);
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const cors_asked_t asked = { CORS_PREFLIGHT, A, "PUT",
                                     cases[i].headers, 0 };
        cors_verdict_t verdict;

        cors_decide(&verdict, policy, &asked, pool);
        is_int(verdict.reason, cases[i].reason, "\"%s\" is refused",
               cases[i].headers);
        ok(verdict.culprit == cases[i].headers + cases[i].offset
           && verdict.culprit_len == cases[i].len,
           "\"%s\": the name that is refused, in the request",
           cases[i].headers);
    }
}

static void test_kind(void)
{
    static const struct {
        const char *method, *origin, *request_method;
        cors_kind_t want;
        const char *rule;
    } cases[] = {
        { "GET", NULL, NULL, CORS_NONE, "no Origin" },
        { "GET", A, NULL, CORS_ACTUAL, "an Origin" },
        { "GET", "", NULL, CORS_ACTUAL, "an empty Origin is one" },
        { "POST", "null", NULL, CORS_ACTUAL, "null is one" },
        { "GET", A, "PUT", CORS_ACTUAL, "only OPTIONS is a preflight" },
        { "OPTIONS", A, "PUT", CORS_PREFLIGHT, "with both fields" },
        { "OPTIONS", A, "", CORS_PREFLIGHT, "also an empty one" },
        { "OPTIONS", "", "PUT", CORS_PREFLIGHT, "or the other" },
        { "OPTIONS", A, NULL, CORS_ACTUAL, "with one it is the handler's" },
        { "OPTIONS", NULL, "PUT", CORS_NONE, "so it is with the other" },
        { "OPTIONS", NULL, NULL, CORS_NONE, "and with none" },
        { "options", A, "PUT", CORS_ACTUAL, "options is another method" },
        { "OPTIONSX", A, "PUT", CORS_ACTUAL, "a longer one is, too" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        is_str(cors_kind_word(cors_kind(cases[i].method, cases[i].origin,
                                        cases[i].request_method)),
               cors_kind_word(cases[i].want),
               "%s, Origin \"%s\", Request-Method \"%s\": %s",
               cases[i].method, cases[i].origin ? cases[i].origin : "(none)",
               cases[i].request_method ? cases[i].request_method : "(none)",
               cases[i].rule);
    }
}

static void test_words(void)
{
    is_str(cors_kind_word(CORS_NONE), "none", "the word for no CORS request");
    is_str(cors_kind_word(CORS_ACTUAL), "actual", "for an actual one");
    is_str(cors_kind_word(CORS_PREFLIGHT), "preflight", "for a preflight");
    is_str(cors_reason_word(CORS_GRANTED), NULL, "a grant has no reason");
    is_str(cors_reason_word(CORS_ORIGIN_MALFORMED), "origin-malformed",
           "the word for no origin");
    is_str(cors_reason_word(CORS_ORIGIN_NOT_ALLOWED), "origin-not-allowed",
           "for an origin that is not allowed");
    is_str(cors_reason_word(CORS_METHOD_NOT_ALLOWED), "method-not-allowed",
           "for a method that is not allowed");
    is_str(cors_reason_word(CORS_HEADER_NOT_ALLOWED), "header-not-allowed",
           "for a header that is not allowed");
    is_str(cors_reason_word(CORS_HEADER_MALFORMED), "header-malformed",
           "for no list of headers");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_actual(pool);
    test_preflight(pool);
    test_methods(pool);
    test_culprit(pool);
    test_kind();
    test_words();
    return tap_end(pool);
}
